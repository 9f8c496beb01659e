import type { Language } from '../languages.ts'

/**
 * What a mail of the platform says, before it has a form. One thing happened, one thing can be done about it: that is all such
 * a mail is for. It sells nothing, loads nothing, counts nothing. Words that a stranger could have typed (a first name in a
 * form) do not belong in it: anybody could have it sent to anybody.
 */
export interface SystemMail {
  language: Language
  subject: string
  /** What lists of messages show behind the subject. */
  preview: string
  title: string
  paragraphs: string[]
  /** Particulars of what happened, a line each: a time, an address, a device. */
  facts?: { label: string; value: string }[]
  /** null where there is nothing to do. */
  action: {
    label: string
    url: string
    /** Before the address, for who cannot use the button. */
    otherwise: string
  } | null
  /** After the button, smaller. */
  notes: string[]
  /** Whose mail it is: an account's, or the platform's own. */
  author: { name: string; legal: unknown }
}
