import type { Context } from '../context.ts'
import type { SystemMail } from './system-mail.ts'

/** A mail whose hand-off has begun. */
export interface Begun {
  id: string
  contactId: string
  purposeId: string
  /** Before this one. */
  attempts: number
  firstAttemptAt: Date | null
  /** It goes to the sink. */
  testMode: boolean
}

/** What is to become of a mail, as of what is committed now. */
export type Verdict =
  | { leaves: SystemMail; to: string }
  /** For good: a reason code. */
  | { stays: string }

/** A reason to write to people: which rows of `system_mail` are its own, and what is said to each. */
export interface SystemMailKind {
  name: string
  /** The last look before the bytes leave. Who is gone has no verdict. */
  judge(context: Context, mails: readonly Begun[]): Promise<Map<string, Verdict>>
}
