import { campaignTo } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'

test('a campaign whose segment names what was deleted since pauses, says why, and goes on when it is put right', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { api } = account
  const { id, list, contacts } = await campaignTo(server, account, 2)
  const inner = await api.segments.create({ name: 'On the list', rule: { list } })
  const outer = await api.segments.create({ name: 'All of them', rule: { all: [{ segment: inner.id }] } })
  await api.campaigns.update(id, { lists: [], segment: outer.id })
  await api.campaigns.send(id)

  const { platform } = server
  const at = { accountId_id: { accountId: account.id, id: inner.id } }
  const gone = await platform.db.segment.delete({ where: at })
  await drain()
  expect(await api.campaigns.get(id)).toMatchObject({ status: 'paused', statusReason: 'segment_invalid' })
  expect(await platform.db.outbox.count({ where: { accountId: account.id, name: 'campaigns.freeze' } })).toBe(
    0,
  )
  await api.campaigns.resume(id)
  await drain()
  expect(await api.campaigns.get(id)).toMatchObject({ status: 'paused', statusReason: 'segment_invalid' })

  await platform.db.segment.create({ data: { ...gone, rule: { list } } })
  await api.campaigns.resume(id)
  await drain()
  expect(await api.campaigns.get(id)).toMatchObject({ status: 'sent', statusReason: null })
  for (const { email } of contacts) expect(mail.to(email)).toHaveLength(1)
})
