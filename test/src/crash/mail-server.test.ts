import { createMailer } from '@envoi/core/mail/mailer'
import { drain } from '@envoi/workers'
import { onTestFinished } from 'vitest'
import type { MailServer, Misbehaviour } from '../servers/smtp-server.ts'
import { campaignTo } from '../support/audience.ts'
import { expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'

/** Patience for a server on the same machine, which may be busy; only who it is may be asked again without harm. */
const timeouts = { greeting: 1_500, command: 5_000, final: 5_000 }

const hour = 3_600_000

/** Runs what is due now, and then hour by hour what the retries ask for. */
async function sendWithRetries({ platform }: TestServer, mail: MailServer, hours: number) {
  const mailer = createMailer(mail.url, { timeouts })
  for (let passed = 0; passed <= hours; passed++) {
    await drain({ ...platform, mailer }, { schedules: [] })
    platform.clock.advance(hour)
  }
  await mailer.close()
}

interface Case {
  recipient: string
  how: Misbehaviour
  times?: number
  state: 'sent' | 'failed' | 'unknown'
  reason?: string
  attempts: number
  /** Messages in the mailbox. */
  arrived: number
}

const cases: Case[] = [
  // for the moment: again later, and then once
  {
    recipient: 'greylisted',
    how: { at: 'rcpt', reply: '450 4.7.1 Greylisted' },
    times: 2,
    state: 'sent',
    attempts: 3,
    arrived: 1,
  },
  {
    recipient: 'busy',
    how: { at: 'rcpt', reply: '421 4.3.2 Shutting down', close: true },
    times: 1,
    state: 'sent',
    attempts: 2,
    arrived: 1,
  },
  {
    recipient: 'overloaded',
    how: { at: 'end', reply: '451 4.3.0 Try again' },
    times: 1,
    state: 'sent',
    attempts: 2,
    arrived: 1,
  },
  {
    recipient: 'vanished',
    how: { at: 'data', close: true },
    times: 1,
    state: 'sent',
    attempts: 2,
    arrived: 1,
  },
  { recipient: 'hanging', how: { at: 'rcpt', hang: true }, times: 1, state: 'sent', attempts: 2, arrived: 1 },
  { recipient: 'slow', how: { at: 'end', delayMs: 300 }, state: 'sent', attempts: 1, arrived: 1 },
  // for good
  {
    recipient: 'nobody',
    how: { at: 'rcpt', reply: '550 5.1.1 No such user' },
    state: 'failed',
    reason: 'mailbox_unknown',
    attempts: 1,
    arrived: 0,
  },
  {
    recipient: 'gone',
    how: { at: 'rcpt', reply: '550 Requested action not taken' },
    state: 'failed',
    reason: 'mailbox_unavailable',
    attempts: 1,
    arrived: 0,
  },
  {
    recipient: 'unwanted',
    how: { at: 'end', reply: '550 5.7.1 Looks like spam' },
    state: 'failed',
    reason: 'policy_rejected',
    attempts: 1,
    arrived: 0,
  },
  // nobody knows: never again
  {
    recipient: 'lost-but-kept',
    how: { at: 'end', close: true, keep: true },
    state: 'unknown',
    reason: 'connection_lost_after_data',
    attempts: 1,
    arrived: 1,
  },
  {
    recipient: 'lost',
    how: { at: 'end', close: true },
    state: 'unknown',
    reason: 'connection_lost_after_data',
    attempts: 1,
    arrived: 0,
  },
  {
    recipient: 'silent',
    how: { at: 'end', hang: true, keep: true },
    state: 'unknown',
    reason: 'reply_timeout_after_data',
    attempts: 1,
    arrived: 1,
  },
]
const emailOf = (recipient: string) => `${recipient}@example.com`

async function messagesOf({ platform }: TestServer, campaignId: string) {
  const messages = await platform.db.message.findMany({ where: { campaignId }, include: { contact: true } })
  return new Map(messages.map((message) => [message.contact?.email, message]))
}

/** Reads on when hours have gone by, and the session with them. */
const reader = (account: TestAccount) =>
  account.as({ permissions: ['campaigns:read', 'consents:read', 'contacts:reveal'] })

test('whatever a mail server answers, each message ends as it should, and none is sent twice', {
  timeout: 120_000,
}, async ({ server, account, mail }) => {
  const api = await reader(account)
  for (const { recipient, how, times } of cases) mail.misbehave({ to: emailOf(recipient), times }, how)
  const fine = Array.from({ length: 30 }, (_, index) => `fine-${index}`)
  const emails = [...cases.map(({ recipient }) => recipient), ...fine].map(emailOf)
  const { id } = await campaignTo(server, account, emails.length, { emails })
  await account.api.campaigns.send(id)
  await sendWithRetries(server, mail, 3)

  const messages = await messagesOf(server, id)
  for (const { recipient, state, reason = null, attempts, arrived } of cases) {
    const message = messages.get(emailOf(recipient))
    expect({
      recipient,
      state: message?.state,
      reason: message?.reason,
      attempts: message?.attempts,
    }).toEqual({
      recipient,
      state,
      reason,
      attempts,
    })
    expect({ recipient, arrived: mail.to(emailOf(recipient)).length }).toEqual({ recipient, arrived })
  }
  for (const recipient of fine) expect(mail.to(emailOf(recipient))).toHaveLength(1)

  const ended = (state: string) => cases.filter((one) => one.state === state).length
  expect(await api.campaigns.get(id)).toMatchObject({
    status: 'sent',
    counts: {
      sent: fine.length + ended('sent'),
      failed: ended('failed'),
      unknown: ended('unknown'),
      deferred: 0,
      queued: 0,
      sending: 0,
      reasons: { mailbox_unknown: 1, mailbox_unavailable: 1, policy_rejected: 1 },
    },
  })
  // only of the addresses that do not work
  const suppressed = await api.suppressions.list()
  expect(suppressed.data.map(({ value, reason }) => [value, reason]).sort()).toEqual([
    [emailOf('gone'), 'hard_bounce'],
    [emailOf('nobody'), 'hard_bounce'],
  ])
})

/** How the server behaves for the first hour, and how many messages it takes in that time. */
const firstHours: [string, Misbehaviour, number][] = [
  ['takes its time to say something', { at: 'greeting', delayMs: 500 }, 40],
  ['does not say who it is, for a while', { at: 'greeting', hang: true }, 0],
  ['turns everybody away, for a while', { at: 'greeting', reply: '421 4.3.2 Too busy', close: true }, 0],
  ['lets nobody in, for a while', { at: 'ehlo', reply: '554 5.7.1 No', close: true }, 0],
]
test.for(firstHours)(
  'a mail server that %s gets each message once',
  { timeout: 120_000 },
  async ([, how, taken], { server, account, mail }) => {
    const api = await reader(account)
    const behave = mail.misbehave({}, how)
    onTestFinished(behave)
    mail.clear()
    const { id, contacts } = await campaignTo(server, account, 40)
    await account.api.campaigns.send(id)
    await sendWithRetries(server, mail, 0)
    expect(mail.received).toHaveLength(taken)
    behave()
    await sendWithRetries(server, mail, 3)
    expect(mail.received.flatMap(({ to }) => to).sort()).toEqual(contacts.map(({ email }) => email).sort())
    expect(await api.campaigns.get(id)).toMatchObject({
      status: 'sent',
      counts: { sent: 40, unknown: 0, failed: 0 },
    })
    expect(await server.platform.db.suppression.count({ where: { accountId: account.id } })).toBe(0)
  },
)
