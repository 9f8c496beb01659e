/**
 * Sends the mails of one kind that wait in `system_mail`, with the promises of the delivery of campaigns
 * (docs/decisions/0012-delivery-machine.md): never lost, since the row was written with what made it necessary; never twice,
 * since that a hand-off has begun is on disk before a byte leaves, and what was begun and not recorded is `unknown`; and the last
 * look comes after that commit.
 *
 * One job per account and kind sends them, some at a time: there are few, and nobody waits behind them.
 */
import type { Context } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'
import { drawAllowance, returnAllowance } from '../delivery/allowance.ts'
import type { LaneRun } from '../delivery/lane-run.ts'
import { createRecorder, type Recorder } from '../delivery/recorder.ts'
import {
  excluded,
  isRelayAway,
  RELAY_PAUSE_MS,
  type Result,
  released,
  resultOf,
  unwritable,
} from '../delivery/result.ts'
import { MailInputError } from '../mail/mail-input-error.ts'
import type { Mailer } from '../mail/mailer.ts'
import { handToSink } from '../mail/sink.ts'
import type { SmtpEnvelope } from '../mail/smtp-envelope.ts'
import { beginMails, nextMailAt, settleAbandonedMails } from './begin.sql.ts'
import { type ChosenSender, chooseSender } from './choose-sender.ts'
import { composeSystemMail } from './compose-system-mail.ts'
import type { Begun, SystemMailKind } from './kind.ts'
import { type MailResult, recordMailResults } from './record.sql.ts'

const BATCH = 20
/** How long a run holds its worker: then others get their turn. */
const SLICE_MS = 5_000
const STOPPED_ACCOUNT_PAUSE_MS = 5 * 60_000
/** A sender's domain is verified within hours of an account's first days; a mail does not wait for it longer than its link is worth. */
const NO_SENDER_PAUSE_MS = 15 * 60_000

/** Answers when to go on; nothing when no mail waits. */
export async function sendSystemMails(
  context: Context,
  kind: SystemMailKind,
  run: LaneRun,
): Promise<{ runAt: Date } | undefined> {
  const lost = await settleAbandonedMails(context, kind.name)
  if (lost > 0) context.log.warn({ mails: lost }, 'a worker was lost while it handed mails over')
  const { status, dailyQuota } = await context.db.account.findUniqueOrThrow({
    where: { id: context.accountId },
    select: { status: true, dailyQuota: true },
  })
  const later = (ms: number) => ({ runAt: new Date(context.clock.now().getTime() + ms) })
  if (status !== 'active' && status !== 'trial') return later(STOPPED_ACCOUNT_PAUSE_MS)
  const { mailer } = context
  if (mailer === null) throw new Error('SMTP_URL is not set: there is no way to send')
  const post = openPost(context, kind, run, mailer)
  for (const until = performance.now() + SLICE_MS; performance.now() < until && !run.signal.aborted; ) {
    const allowance = { throttle: null, dailyQuota }
    const granted = await drawAllowance(context, allowance, BATCH)
    if (granted.count === 0) return { runAt: granted.nextAt }
    const left = await handOver(post, granted.count)
    await returnAllowance(context, allowance, granted.count - left)
    if (post.isRelayAway) return later(RELAY_PAUSE_MS)
    if (post.isIdle) break
  }
  run.signal.throwIfAborted()
  const next = await nextMailAt(context, kind.name)
  return next === null ? undefined : { runAt: next }
}

/** What a run has at hand. */
interface Post {
  context: Context
  kind: SystemMailKind
  run: LaneRun
  mailer: Mailer
  recorder: Recorder<MailResult>
  senderFor(purposeId: string): Promise<ChosenSender | null>
  isRelayAway: boolean
  isIdle: boolean
}

function openPost(context: Context, kind: SystemMailKind, run: LaneRun, mailer: Mailer): Post {
  const senders = new Map<string, Promise<ChosenSender | null>>()
  return {
    context,
    kind,
    run,
    mailer,
    recorder: createRecorder<MailResult>(context, (results) => recordMailResults(context, results)),
    senderFor(purposeId) {
      const sender = senders.get(purposeId) ?? chooseSender(context, purposeId)
      senders.set(purposeId, sender)
      return sender
    },
    isRelayAway: false,
    isIdle: false,
  }
}

/** Hands over up to so many; answers how many went to the relay. All outcomes are on disk when it returns. */
async function handOver(post: Post, limit: number): Promise<number> {
  const { context, kind, run, mailer, recorder } = post
  const places = await mailer.reserve(limit)
  let begun: Begun[] = []
  let leaving: Leaving[] = []
  try {
    begun = await beginMails(context, kind.name, run, places)
    post.isIdle = begun.length === 0
    const prepared = await prepare(post, begun)
    for (const result of prepared.settled) recorder.add({ ...result, address: null })
    leaving = prepared.leaving
  } catch (error) {
    // nothing has left
    for (const mail of begun) recorder.add({ ...released(mail), address: null })
    await recorder.settled()
    throw error
  } finally {
    mailer.release(places - leaving.length)
  }
  const sent = await Promise.allSettled(leaving.map((mail) => send(post, mail)))
  await recorder.settled()
  for (const outcome of sent) if (outcome.status === 'rejected') throw outcome.reason
  return sent.filter((outcome) => outcome.status === 'fulfilled' && outcome.value).length
}

interface Leaving {
  mail: Begun
  to: string
  envelope: SmtpEnvelope
  raw: Buffer
}

/** The last look, and the bytes of those that pass it. */
async function prepare({ context, kind, senderFor }: Post, mails: readonly Begun[]) {
  const settled: Result[] = []
  const leaving: Leaving[] = []
  const verdicts = await kind.judge(context, mails)
  for (const mail of mails) {
    const verdict = verdicts.get(mail.id)
    // erased: its row is gone with it
    if (verdict === undefined) settled.push(excluded(mail, 'contact_erased'))
    else if ('stays' in verdict) settled.push(excluded(mail, verdict.stays))
    else {
      const sender = await senderFor(mail.purposeId)
      if (sender === null) {
        context.log.warn(
          { accountId: context.accountId, kind: kind.name },
          'a mail waits: no sender at a verified domain',
        )
        settled.push(waitsForSender(context, mail))
      } else {
        try {
          leaving.push({
            mail,
            to: verdict.to,
            ...(await composeSystemMail(context, mail.id, sender, verdict)),
          })
        } catch (error) {
          if (!(error instanceof MailInputError)) throw error
          settled.push(unwritable(mail, error.code))
        }
      }
    }
  }
  return { settled, leaving }
}

/** In a place that was taken, which it gives back. Answers whether it counts as sent today. */
async function send(post: Post, { mail, to, envelope, raw }: Leaving): Promise<boolean> {
  const { context, mailer, recorder } = post
  const outcome = mail.testMode ? handToSink(mailer) : await mailer.send(envelope, raw)
  post.isRelayAway ||= isRelayAway(outcome)
  const address = new Uint8Array(fingerprint(context.keys, context.accountId, 'email', to))
  recorder.add({ ...resultOf({ ...mail, email: to }, outcome, context.clock), address })
  return outcome.kind !== 'deferred' && outcome.kind !== 'sink'
}

const waitsForSender = (context: Context, mail: Begun): Result => ({
  ...released(mail),
  state: 'deferred',
  reason: 'sender_missing',
  nextAttemptAt: new Date(context.clock.now().getTime() + NO_SENDER_PAUSE_MS),
})
