import type { Account, User } from '@envoi/prisma'
import type { Context } from '../context.ts'
import type { Language } from '../languages.ts'
import type { SystemMail } from '../system-mails/system-mail.ts'
import type { LinkKind } from '../users/link-kinds.ts'

/** What a mail is about: ids and codes. It is stored; a name, an address or a text is read when the mail leaves. */
export type Facts = Record<string, string>

/** All that a mail to a user is written from, as of what is committed when it leaves. */
export interface About {
  context: Context
  account: Account
  user: User
  facts: Facts
  /** When what it is about happened. */
  happenedAt: Date
  /** Of the account: users have none of their own. */
  language: Language
  /** What the platform calls itself. */
  platform: string
  /** An instant in words, in the account's time zone. */
  at(instant: Date): string
}

/** What it says: its language and its author are the same for all. */
export type UserMailWords = Omit<SystemMail, 'language' | 'author'>

/** A reason to write to users. Another one is its words, and its line in `kinds.ts`. */
export interface UserMailKind {
  /** What the link in it may do; null when there is none. */
  link: LinkKind | null
  /** What it says; or, at the last look, why it is not sent any more: a reason code. */
  write(about: About, link: { url: string; until: Date } | null): Promise<UserMailWords | { stays: string }>
}
