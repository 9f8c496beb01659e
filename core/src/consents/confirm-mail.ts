import type { Context } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'
import type { LaneRun } from '../delivery/lane-run.ts'
import { languageOfLocales } from '../languages.ts'
import { confirmConsentMail } from '../system-mails/confirm-consent.ts'
import type { Begun, SystemMailKind, Verdict } from '../system-mails/kind.ts'
import { sendSystemMails } from '../system-mails/send-system-mails.ts'
import { signConfirm } from '../tracking/token.ts'
import { tokenKeysOf } from '../tracking/token-keys.ts'
import { type Asked, judgeConfirmations } from './judge-confirmations.sql.ts'
import { addressMark, confirmationDays } from './read-confirmation.ts'
import { confirmMailKind } from './record-consents.sql.ts'

const HOUR_MS = 3_600_000
/** Anybody can type an address into a form, again and again: it gets one mail an hour per purpose, and so many a day. */
const DAILY_MAILS = 3
/** A mail that could not leave for so long is not sent any more: the days that its link has left must be worth it. */
const GIVE_UP_MS = 72 * HOUR_MS

/** Sends the mails that ask for the confirmation of a double opt-in, those that wait. */
export function sendConfirmMails(context: Context, run: LaneRun) {
  return sendSystemMails(context, { name: confirmMailKind, judge } satisfies SystemMailKind, run)
}

async function judge(context: Context, mails: readonly Begun[]): Promise<Map<string, Verdict>> {
  const account = await context.db.account.findUniqueOrThrow({ where: { id: context.accountId } })
  const earlier = await readEarlier(context, mails)
  const tokens = tokenKeysOf(context.keys)
  const now = context.clock.now().getTime()

  const verdictOn = (asked: Asked): Verdict => {
    if (asked.reason !== null) return { stays: asked.reason }
    if (now - asked.recordedAt.getTime() > GIVE_UP_MS) return { stays: 'retries_exhausted' }
    if (isTooMuch(context, asked, earlier)) return { stays: 'asked_already' }
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
  return new Map((await judgeConfirmations(context, mails)).map((asked) => [asked.id, verdictOn(asked)]))
}

type Earlier = Awaited<ReturnType<typeof readEarlier>>

/** The mails of the last day that have left, or may have. */
function readEarlier(context: Context, mails: readonly Begun[]) {
  return context.db.systemMail.findMany({
    where: {
      ...context.scope,
      kind: confirmMailKind,
      contactId: { in: mails.map(({ contactId }) => contactId) },
      state: { in: ['sent', 'unknown'] },
      stateAt: { gt: new Date(context.clock.now().getTime() - 24 * HOUR_MS) },
    },
    select: { contactId: true, purposeId: true, address: true, stateAt: true },
  })
}

/** Who is not asked again has the earlier mail, whose link still works (see `readConfirmation`). */
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
  return same.length >= DAILY_MAILS || same.some(({ stateAt }) => now - stateAt.getTime() < HOUR_MS)
}
