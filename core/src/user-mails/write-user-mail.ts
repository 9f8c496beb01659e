import type { Account, User } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'
import { languageOfLocales } from '../languages.ts'
import { reserveMails } from '../limited-acts/reserve-mails.ts'
import type { SystemMail } from '../system-mails/system-mail.ts'
import { armLink } from '../users/arm-link.ts'
import type { About, UserMailKind } from './kind.ts'
import { userMailKinds } from './kinds.ts'
import type { BegunUserMail } from './user-mail.sql.ts'

const HOUR_MS = 3_600_000
/** A mail that could not leave for so long is not sent any more. */
const GIVE_UP_MS = 72 * HOUR_MS
/** Anybody can ask for a reset of anybody's password: one address gets no more of a kind of link than this. */
const MIN_GAP_MS = 5 * 60_000
const DAILY_LINKS = 5
/** And one mailbox that nobody has proven to be theirs, of a kind, from all accounts together. */
const DAILY_TO_STRANGERS = 5

/** The last look at a mail that is about to leave, and what it says: or why it stays, a reason code. */
export async function writeUserMail(
  context: Context,
  mail: BegunUserMail,
): Promise<{ to: string; leaves: SystemMail } | { stays: string }> {
  if (context.clock.now().getTime() - mail.createdAt.getTime() > GIVE_UP_MS)
    return { stays: 'retries_exhausted' }
  const found = await context.db.user.findUnique({
    where: { accountId_id: { ...context.scope, id: mail.userId } },
    include: { account: true },
  })
  if (found === null) return { stays: 'user_deleted' }
  const { account, ...user } = found
  const kind: UserMailKind = userMailKinds[mail.kind]
  if (kind.link !== null && (await isTooMuch(context, mail, user.email))) return { stays: 'asked_already' }
  if (!(await mayReachStranger(context, mail, user))) return { stays: 'asked_already' }
  const link = kind.link === null ? null : await armLink(context, mail.id)
  const about = aboutOf(context, mail, user, account)
  const words = await kind.write(about, link)
  if ('stays' in words) return words
  const { language, platform } = about
  return { to: user.email, leaves: { ...words, language, author: { name: platform, legal: null } } }
}

function aboutOf(
  context: Context,
  { facts, createdAt: happenedAt }: BegunUserMail,
  user: User,
  account: Account,
): About {
  const language = languageOfLocales([account.locale])
  const format = new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone: account.timezone,
    timeZoneName: 'short',
  })
  const platform = context.settings.mailFrom.name
  const at = (instant: Date) => format.format(instant)
  return { context, user, account, facts, happenedAt, language, platform, at }
}

/**
 * Whoever has not shown that an address is theirs may be a stranger, whom anybody can have typed into anybody's account: their
 * mailbox gets so many mails of a kind, from all accounts together. What tells of something, without a link, is one kind.
 */
async function mayReachStranger(
  context: Context,
  { id, kind, testMode }: BegunUserMail,
  { email, emailVerifiedAt }: User,
): Promise<boolean> {
  if (emailVerifiedAt !== null || testMode) return true
  const counted = userMailKinds[kind].link === null ? 'users.notices' : kind
  const reserved = await reserveMails(context, { kind: counted, limit: DAILY_TO_STRANGERS }, [{ id, email }])
  return reserved.has(id)
}

/** Who is not written to again has the earlier mail, whose link still works. */
async function isTooMuch(context: Context, { kind }: BegunUserMail, email: string): Promise<boolean> {
  const now = context.clock.now().getTime()
  const address = new Uint8Array(fingerprint(context.keys, context.accountId, 'email', email))
  const earlier = await context.db.userMail.findMany({
    where: {
      ...context.scope,
      kind,
      address,
      state: { in: ['sent', 'unknown'] },
      stateAt: { gt: new Date(now - 24 * HOUR_MS) },
    },
    select: { stateAt: true },
  })
  return earlier.length >= DAILY_LINKS || earlier.some(({ stateAt }) => now - stateAt.getTime() < MIN_GAP_MS)
}
