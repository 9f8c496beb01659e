import { campaignTo } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'

test('a reason that some messages are put off for and others failed for counts them all', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { id, contacts } = await campaignTo(server, account, 3)
  const [one, two] = contacts.map(({ email }) => email)
  for (const [to, reply] of [
    [one, '452 4.2.2 Full'],
    [two, '552 5.2.2 Full'],
  ] as const)
    mail.misbehave({ to: to ?? '' }, { at: 'rcpt', reply })
  await account.api.campaigns.send(id)
  await drain()
  const { counts } = await account.api.campaigns.get(id)
  expect(counts).toMatchObject({ sent: 1, deferred: 1, failed: 1, reasons: { mailbox_full: 2 } })
})

test('what was put off and then cancelled is cancelled, for no reason of its own', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { id, contacts } = await campaignTo(server, account, 1)
  mail.misbehave({ to: contacts[0]?.email ?? '' }, { at: 'rcpt', reply: '452 4.2.2 Full' })
  await account.api.campaigns.send(id)
  await drain()
  await account.api.campaigns.cancel(id)
  await drain()
  expect((await account.api.campaigns.get(id)).counts).toMatchObject({ cancelled: 1, reasons: {} })
})
