import type { Context } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'
import type { LaneRun } from '../delivery/lane-run.ts'
import { languageOfLocales } from '../languages.ts'
import { dayMs } from '../limited-acts/count-act.ts'
import { reserveMails } from '../limited-acts/reserve-mails.ts'
import { confirmConsentMail } from '../system-mails/confirm-consent.ts'
import type { Begun, SystemMailKind, Verdict } from '../system-mails/kind.ts'
import { sendSystemMails } from '../system-mails/send-system-mails.ts'
import { addressMark } from '../tracking/address-mark.ts'
import { signConfirm } from '../tracking/token.ts'
import { tokenKeysOf } from '../tracking/token-keys.ts'
import { type Asked, judgeConfirmations } from './judge-confirmations.sql.ts'
import { confirmationDays } from './read-confirmation.ts'
import { confirmMailKind } from './record-consents.sql.ts'

const HOUR_MS = 3_600_000
/** Anybody can type an address into a form, again and again: it gets one mail an hour per purpose, and so many a day. */
const DAILY_MAILS = 3
/** And for all purposes together. */
const DAILY_MAILS_IN_ALL = 6
/** And from all accounts together: each can be told to ask. */
const DAILY_MAILS_OF_ALL = 12
/** A mail that could not leave for so long is not sent any more: the days that its link has left must be worth it. */
const GIVE_UP_MS = 72 * HOUR_MS

/** Sends the mails that ask for the confirmation of a double opt-in, those that wait. */
export function sendConfirmMails(context: Context, run: LaneRun) {
  return sendSystemMails(context, { name: confirmMailKind, judge } satisfies SystemMailKind, run)
}

async function judge(context: Context, mails: readonly Begun[]): Promise<Map<string, Verdict>> {
  const account = await context.db.account.findUniqueOrThrow({ where: { id: context.accountId } })
  const earlier = await readEarlier(context, mails)
  const asked = await judgeConfirmations(context, mails)
  const acts = await countMails(context, asked)
  const inSink = new Set(mails.flatMap(({ id, testMode }) => (testMode ? [id] : [])))
  const tokens = tokenKeysOf(context.keys)
  const now = context.clock.now().getTime()

  const mayLeave = (one: Asked) =>
    one.reason === null && !isTooMuch(context, one, earlier) && !acts.isTooMuch(one)
  const reserved = await reserveMails(
    context,
    { kind: confirmMailKind, limit: DAILY_MAILS_OF_ALL },
    asked.filter((one) => mayLeave(one) && !inSink.has(one.id)),
  )

  const verdictOn = (asked: Asked): Verdict => {
    if (asked.reason !== null) return { stays: asked.reason }
    if (now - asked.recordedAt.getTime() > GIVE_UP_MS) return { stays: 'retries_exhausted' }
    if (!mayLeave(asked) || !(reserved.has(asked.id) || inSink.has(asked.id)))
      return { stays: 'asked_already' }
    acts.add(asked)
    const { contactId, purposeId, email } = asked
    const token = signConfirm(tokens, {
      ...context.scope,
      contactId,
      purposeId,
      consentEventId: asked.id,
      address: addressMark(context, email),
    })
    const mail = confirmConsentMail(languageOfLocales([asked.locale, account.locale]), {
      account,
      purpose: { name: asked.purposeName },
      url: `${context.settings.publicUrl}/confirm/${token}`,
      until: new Date(asked.recordedAt.getTime() + confirmationDays * 24 * HOUR_MS),
    })
    return { leaves: mail, to: email }
  }
  return new Map(asked.map((one) => [one.id, verdictOn(one)]))
}

/**
 * What addresses got in the last day, whoever bore them then: a contact can be erased and created again, and an address go from one
 * contact to the next.
 */
async function countMails(context: Context, mails: readonly Asked[]) {
  const subjectOf = ({ email }: Asked) =>
    fingerprint(context.keys, context.accountId, 'email', email).toString('hex')
  const acts = await context.db.limitedAct.findMany({
    where: {
      ...context.scope,
      kind: confirmMailKind,
      subject: { in: mails.map((mail) => new Uint8Array(Buffer.from(subjectOf(mail), 'hex'))) },
      at: { gt: new Date(context.clock.now().getTime() - dayMs) },
    },
    select: { subject: true, about: true },
  })
  const counts = new Map<string, number>()
  const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
  const count = (subject: string, purposeId: string | null) => {
    add(subject)
    add(`${subject} ${purposeId}`)
  }
  for (const { subject, about } of acts) count(Buffer.from(subject ?? []).toString('hex'), about)
  return {
    isTooMuch: (mail: Asked) =>
      (counts.get(subjectOf(mail)) ?? 0) >= DAILY_MAILS_IN_ALL ||
      (counts.get(`${subjectOf(mail)} ${mail.purposeId}`) ?? 0) >= DAILY_MAILS,
    add: (mail: Asked) => count(subjectOf(mail), mail.purposeId),
  }
}

type Earlier = Awaited<ReturnType<typeof readEarlier>>

/** The mails of the last day that have left, or may have, and whether their links still work. */
async function readEarlier(context: Context, mails: readonly Begun[]) {
  const earlier = await context.db.systemMail.findMany({
    where: {
      ...context.scope,
      kind: confirmMailKind,
      contactId: { in: mails.map(({ contactId }) => contactId) },
      state: { in: ['sent', 'unknown'] },
      stateAt: { gt: new Date(context.clock.now().getTime() - 24 * HOUR_MS) },
    },
    select: { id: true, contactId: true, purposeId: true, address: true, stateAt: true },
  })
  const standing = await readStanding(
    context,
    earlier.map(({ id }) => id),
  )
  return earlier.map((mail) => ({ ...mail, works: standing.has(mail.id) }))
}

/** Those ledger lines after which the person has said nothing but yes again: a no ends the links that were sent before it. */
async function readStanding(context: Context, lineIds: readonly string[]): Promise<Set<string>> {
  const rows = await context.db.$queryRaw<{ id: string }[]>`
    select asked.id
    from consent_event as asked
    where asked.account_id = ${context.accountId}::uuid and asked.id = any(${lineIds}::uuid[])
      and not exists (
        select from consent_event as later
        where later.account_id = ${context.accountId}::uuid and later.contact_id = asked.contact_id
          and later.purpose_key = asked.purpose_key and later.channel = asked.channel
          and later.sequence > asked.sequence and later.state <> 'pending'
      )`
  return new Set(rows.map(({ id }) => id))
}

/** Who is not asked again within the hour has an earlier mail whose link still works (see `readConfirmation`). */
function isTooMuch(context: Context, { contactId, purposeId, email }: Asked, earlier: Earlier): boolean {
  const address = fingerprint(context.keys, context.accountId, 'email', email)
  const same = earlier.filter(
    (mail) =>
      mail.contactId === contactId &&
      mail.purposeId === purposeId &&
      // where one went that a crash has interrupted is not known
      (mail.address === null || address.equals(mail.address)),
  )
  const now = context.clock.now().getTime()
  return (
    same.length >= DAILY_MAILS ||
    same.some(({ works, stateAt }) => works && now - stateAt.getTime() < HOUR_MS)
  )
}
