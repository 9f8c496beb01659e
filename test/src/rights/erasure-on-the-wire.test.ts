/** Someone is erased while a mail to them waits for the verdict of their server, which then says that the address is none. */
import { onTestFinished } from 'vitest'
import { applicant } from '../consents/applicants.ts'
import { campaignTo } from '../support/audience.ts'
import { createGate } from '../support/gate.ts'
import { expect, type TestServer, test } from '../support/recorded.ts'
import { dumpDatabase, searchFor } from './traces.ts'

interface Wire {
  server: TestServer
  drain: () => Promise<void>
}

/** Erases between the question for the recipient and its answer. */
async function bounceAfter(
  { server, drain }: Wire,
  email: string,
  meanwhile: () => Promise<unknown>,
): Promise<void> {
  const { mail } = server
  const { opened, open } = createGate()
  onTestFinished(
    mail.misbehave({ to: email }, { at: 'rcpt', after: opened, reply: '550 5.1.1 No such user' }),
  )
  const asked = mail.reached('rcpt') + 1
  const running = drain()
  await mail.waitForPhase('rcpt', asked, 30_000)
  await meanwhile()
  open()
  await running
  await drain()
}

async function tracesOf({ server }: Wire, email: string): Promise<string[]> {
  return searchFor([email])(await dumpDatabase(server))
}

test('a campaign does not bring the address of an erased person back', async ({ server, account, drain }) => {
  const { id, contacts } = await campaignTo(server, account, 1)
  const [ada = { id: '', email: '' }] = contacts
  await account.api.campaigns.send(id)
  await bounceAfter({ server, drain }, ada.email, () => account.api.contacts.delete(ada.id))
  expect(await tracesOf({ server, drain }, ada.email)).toEqual([])
  expect(await server.platform.db.suppression.findMany({ where: { accountId: account.id } })).toMatchObject([
    { value: null, reason: 'hard_bounce' },
  ])
})

test('a mail that asks for a confirmation does not bring the address back either', async ({
  server,
  account,
  drain,
}) => {
  const bob = await applicant({ server, account })
  await bounceAfter({ server, drain }, bob.email, () => account.api.contacts.delete(bob.id))
  expect(await tracesOf({ server, drain }, bob.email)).toEqual([])
})

test('of a contact that is still there, the address is suppressed in clear', async ({
  server,
  account,
  drain,
}) => {
  const { id, contacts } = await campaignTo(server, account, 1)
  const [ada = { id: '', email: '' }] = contacts
  await account.api.campaigns.send(id)
  await bounceAfter({ server, drain }, ada.email, () => Promise.resolve())
  expect((await account.api.suppressions.list()).data).toMatchObject([
    { value: ada.email, reason: 'hard_bounce' },
  ])
})
