import { campaignTo, withdraw } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'

test('a campaign goes to everyone on its list who agreed, once, and is sent', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { id, contacts } = await campaignTo(server, account, 25)
  expect((await account.api.campaigns.send(id)).status).toBe('sending')
  await drain()
  expect(mail.received.flatMap(({ to }) => to).sort()).toEqual(contacts.map(({ email }) => email).sort())
  const campaign = await account.api.campaigns.get(id)
  expect(campaign.status).toBe('sent')
  expect(campaign.counts).toMatchObject({ sent: 25, queued: 0, sending: 0 })
  expect(campaign.progress).toEqual({ done: 25, total: 25 })
})

test('an unsubscribe committed before hand-off always wins', async ({ server, account, mail, drain }) => {
  mail.clear()
  const { id, contacts, purpose } = await campaignTo(server, account, 1)
  await account.api.campaigns.send(id)
  await withdraw(account, contacts[0]?.id ?? '', purpose)
  await drain()
  expect(mail.received).toEqual([])
  expect((await account.api.campaigns.get(id)).counts.reasons).toEqual({ consent_withdrawn: 1 })
})
