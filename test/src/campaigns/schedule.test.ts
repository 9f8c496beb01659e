import { campaignTo } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'

const hour = 3_600_000

test('a scheduled campaign starts when its time has come, and not before', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { clock } = server.platform
  const { id, contacts } = await campaignTo(server, account, 2)
  const received = () => contacts.flatMap(({ email }) => mail.to(email))
  const at = new Date(clock.now().getTime() + 2 * hour)
  await account.api.campaigns.schedule(id, { at: at.toISOString() })
  clock.advance(1.5 * hour)
  await drain()
  expect(received()).toEqual([])
  expect(await account.api.campaigns.get(id)).toMatchObject({
    status: 'scheduled',
    schedule: at.toISOString(),
  })

  clock.advance(hour)
  await drain()
  expect(received()).toHaveLength(2)
  expect((await account.api.campaigns.get(id)).status).toBe('sent')
})

test('what can not be sent any more when its time has come is a draft again, and says why', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { platform } = server
  const { id, contacts } = await campaignTo(server, account, 1)
  const at = new Date(platform.clock.now().getTime() + hour)
  await account.api.campaigns.schedule(id, { at: at.toISOString() })
  await platform.db.senderDomain.updateMany({ where: { accountId: account.id }, data: { status: 'failed' } })
  platform.clock.advance(2 * hour)
  await drain()
  expect(mail.to(contacts[0]?.email ?? '')).toEqual([])
  expect(await account.api.campaigns.get(id)).toMatchObject({
    status: 'draft',
    statusReason: 'invalid',
    schedule: null,
  })
})

test('a campaign with a throttle leaves no faster than it says', async ({ server, account, mail, drain }) => {
  const { clock } = server.platform
  clock.stopAt(clock.now())
  const { id, contacts } = await campaignTo(server, account, 25, { draft: { throttle: 600 } })
  const received = () => contacts.filter(({ email }) => mail.to(email).length === 1).length
  await account.api.campaigns.send(id)
  const minutes: number[] = []
  for (let minute = 0; minute < 3; minute++) {
    await drain()
    minutes.push(received())
    clock.advance(60_000)
  }
  expect(minutes).toEqual([10, 20, 25])
})
