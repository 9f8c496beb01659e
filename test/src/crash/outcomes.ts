import { expect } from 'vitest'
import type { MailServer } from '../servers/smtp-server.ts'
import type { TestAccount } from '../support/fixture.ts'
import type { TestPlatform } from '../support/platform.ts'

interface Sent {
  id: string
  /** Who is in its audience and may receive it. */
  recipients: string[]
  /** How many are in its audience and may not. */
  excluded?: number
}

/**
 * What a campaign promises when it is over, whatever happened: a message for each contact, all with an outcome; those that
 * are `sent` are in the mailbox, once; those that are not are not in it, but for `unknown` ones, which may be.
 * Answers how many are `unknown`.
 */
export async function expectEachSentOnce(
  { direct }: TestPlatform,
  account: TestAccount,
  mail: MailServer,
  { id, recipients, excluded = 0 }: Sent,
): Promise<number> {
  const [messages, contacts] = await Promise.all([
    direct.query<{ contact_id: string; state: string }>(
      'select contact_id, state::text from message where account_id = $1 and campaign_id = $2',
      [account.id, id],
    ),
    direct.query<{ id: string; email: string }>('select id, email from contact where account_id = $1', [
      account.id,
    ]),
  ])
  // not a join: nobody has analysed these tables
  const emails = new Map(contacts.rows.map(({ id, email }) => [id, email]))
  const rows = messages.rows.map(({ contact_id, state }) => ({ email: emails.get(contact_id) ?? '', state }))
  const of = (...states: string[]) =>
    rows.filter(({ state }) => states.includes(state)).map(({ email }) => email)
  expect(of('sent', 'unknown').sort()).toEqual(recipients.toSorted())
  expect(of('excluded')).toHaveLength(excluded)
  expect(rows).toHaveLength(recipients.length + excluded)

  const own = new Set(rows.map(({ email }) => email))
  const arrived = mail.received.flatMap(({ to }) => to).filter((address) => own.has(address))
  const once = new Set(arrived)
  expect(arrived).toHaveLength(once.size)
  expect(of('sent').filter((address) => !once.has(address))).toEqual([])
  const settled = new Set(of('sent', 'unknown'))
  expect(arrived.filter((address) => !settled.has(address))).toEqual([])

  const unknown = of('unknown').length
  const { status, counts, progress } = await account.api.campaigns.get(id)
  expect({ status, counts, progress }).toMatchObject({
    status: 'sent',
    counts: {
      sent: recipients.length - unknown,
      unknown,
      excluded,
      queued: 0,
      sending: 0,
      deferred: 0,
      failed: 0,
      cancelled: 0,
    },
    progress: { done: rows.length, total: rows.length },
  })
  return unknown
}
