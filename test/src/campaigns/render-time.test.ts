import { campaignTo, newsletter } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'

const hour = 3_600_000

/** Takes seconds for those who are called Slow, and no time for others. */
const slowForSome = {
  ...newsletter,
  text: `{% if contact.firstName == "Slow" %}{% assign many = (1..3000) %}{% for i in many %}{% for j in many %}{% endfor %}{% endfor %}{% endif %}Bonjour {{ unsubscribeUrl }}`,
}

test('what could not be rendered in time is tried again, and leaves when it can be', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { id, contacts } = await campaignTo(server, account, 2, { draft: { content: slowForSome } })
  const [slow = { id: '', email: '' }, quick = { id: '', email: '' }] = contacts
  await account.api.contacts.update(slow.id, { firstName: 'Slow' })
  await account.api.campaigns.send(id)
  await drain()
  expect([mail.to(slow.email), mail.to(quick.email)]).toMatchObject([[], [{}]])
  const message = async () =>
    (await account.api.campaigns.messages(id)).data.find(({ contact }) => contact === slow.id)
  expect(await message()).toMatchObject({ state: 'deferred', reason: 'render_timeout', attempts: 1 })

  // the machine is less busy
  await account.api.contacts.update(slow.id, { firstName: 'Ada' })
  server.platform.clock.advance(hour)
  await drain()
  expect(mail.to(slow.email)).toHaveLength(1)
  expect((await account.api.campaigns.get(id)).status).toBe('sent')
})

test('what takes too long five times is given up', async ({ server, account, mail, drain }) => {
  const { id, contacts } = await campaignTo(server, account, 1, { draft: { content: slowForSome } })
  const [slow = { id: '', email: '' }] = contacts
  await account.api.contacts.update(slow.id, { firstName: 'Slow' })
  await account.api.campaigns.send(id)
  for (let attempt = 1; attempt <= 5; attempt++) {
    await drain()
    server.platform.clock.advance(2 * hour)
  }
  expect(mail.to(slow.email)).toEqual([])
  expect((await account.api.campaigns.messages(id)).data).toMatchObject([
    { state: 'failed', reason: 'render_timeout' },
  ])
  await drain()
  expect((await account.api.campaigns.get(id)).status).toBe('sent')
})
