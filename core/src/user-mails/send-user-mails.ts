/**
 * Sends the mails of the platform to the users of an account, with the promises of decision 14
 * (docs/decisions/0014-system-mails.md): never lost, since the row was written with what made it necessary; never twice, since
 * that a hand-off has begun is on disk before a byte leaves. Unlike an account's mails to its contacts they come from the
 * platform, count for no quota, and go on while the account is suspended: that it is, is among what they tell.
 */
import type { Context } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'
import type { LaneRun } from '../delivery/lane-run.ts'
import { createRecorder, type Recorder } from '../delivery/recorder.ts'
import { isRelayAway, RELAY_PAUSE_MS } from '../delivery/result.ts'
import { composeMessage, serializeMessage } from '../mail/compose-message.ts'
import { MailInputError } from '../mail/mail-input-error.ts'
import { asciiAddress } from '../mail/mailbox.ts'
import type { Mailer } from '../mail/mailer.ts'
import { handToSink } from '../mail/sink.ts'
import type { SmtpEnvelope } from '../mail/smtp-envelope.ts'
import { renderSystemMail } from '../system-mails/render-system-mail.ts'
import type { SystemMail } from '../system-mails/system-mail.ts'
import {
  type BegunUserMail,
  beginUserMail,
  nextUserMailAt,
  recordUserMail,
  settleAbandonedUserMails,
  type UserMailResult,
} from './user-mail.sql.ts'
import { userMailResult } from './user-mail-result.ts'
import { writeUserMail } from './write-user-mail.ts'

/** How long a run holds its worker: then others get their turn. */
const SLICE_MS = 5_000

/** Answers when to go on; nothing when no mail waits. */
export async function sendUserMails(context: Context, run: LaneRun): Promise<{ runAt: Date } | undefined> {
  const { mailer } = context
  if (mailer === null) throw new Error('SMTP_URL is not set: there is no way to send')
  const lost = await settleAbandonedUserMails(context)
  if (lost > 0) context.log.warn({ mails: lost }, 'a worker was lost while it handed mails to users over')
  for (const until = performance.now() + SLICE_MS; performance.now() < until && !run.signal.aborted; ) {
    const handedOver = await handOverNext(context, run, mailer)
    if (handedOver === 'none') break
    if (handedOver === 'relay_away')
      return { runAt: new Date(context.clock.now().getTime() + RELAY_PAUSE_MS) }
  }
  run.signal.throwIfAborted()
  const next = await nextUserMailAt(context)
  return next === null ? undefined : { runAt: next }
}

/** Its outcome is on disk when this returns. */
async function handOverNext(
  context: Context,
  run: LaneRun,
  mailer: Mailer,
): Promise<'done' | 'none' | 'relay_away'> {
  const recorder = createRecorder<UserMailResult>(context, async (results) => {
    for (const result of results) await recordUserMail(context, result)
  })
  await mailer.reserve(1)
  if (run.signal.aborted) {
    mailer.release(1)
    return 'none'
  }
  const ready = await prepare(context, run, recorder).catch((error: unknown) => {
    mailer.release(1)
    throw error
  })
  if (ready === null || ready.message === null) {
    mailer.release(1)
    await recorder.settled()
    return ready === null ? 'none' : 'done'
  }
  const { mail, message } = ready
  const outcome = mail.testMode ? handToSink(mailer) : await mailer.send(message.envelope, message.raw)
  const address = new Uint8Array(fingerprint(context.keys, context.accountId, 'email', message.to))
  recorder.add({ ...userMailResult(mail, outcome, context.clock), address })
  await recorder.settled()
  return isRelayAway(outcome) ? 'relay_away' : 'done'
}

interface Message {
  to: string
  envelope: SmtpEnvelope
  raw: Buffer
}

/** The next mail and its bytes; null when there is none, no message when it stays. */
async function prepare(
  context: Context,
  run: LaneRun,
  recorder: Recorder<UserMailResult>,
): Promise<{ mail: BegunUserMail; message: Message | null } | null> {
  const mail = await beginUserMail(context, run)
  if (mail === null) return null
  const { id, attempts } = mail
  try {
    const written = await writeUserMail(context, mail)
    if ('leaves' in written) return { mail, message: messageOf(context, id, written) }
    recorder.add({ id, attempts, state: 'excluded', reason: written.stays })
  } catch (error) {
    if (!(error instanceof MailInputError)) {
      // nothing has left
      recorder.add({ id, attempts, state: 'queued', reason: null })
      await recorder.settled()
      throw error
    }
    recorder.add({ id, attempts, state: 'failed', reason: error.code })
  }
  return { mail, message: null }
}

/** `Auto-Submitted` (RFC 3834) keeps holiday notices and other robots from answering. */
function messageOf(
  context: Context,
  id: string,
  { to, leaves }: { to: string; leaves: SystemMail },
): Message {
  const from = context.settings.mailFrom
  const composed = composeMessage({
    from,
    to: { email: to },
    ...renderSystemMail(leaves),
    messageId: `${id}@${from.email.slice(from.email.lastIndexOf('@') + 1)}`,
    date: context.clock.now(),
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  const envelope = { from: asciiAddress('from.email', from.email), to: asciiAddress('to.email', to) }
  return { to, envelope, raw: serializeMessage(composed) }
}
