import type { Context } from '../context.ts'
import type { Erasure } from '../database.ts'

/** What an erased person is still searched by, until nothing more is found. */
export interface Subject {
  email: string | null
  phone: string | null
  externalId: string | null
  firstName: string | null
  lastName: string | null
}

/** An erasure under way: whose traces are left to be found. */
export type Unfinished = Erasure & { contactId: string; person: Subject }

const use = 'erasure'

/** Sealed, so that a copy of the database in that hour tells nobody who is being erased. */
export function sealSubject(context: Context, subject: Subject): Uint8Array<ArrayBuffer> {
  const { email, phone, externalId, firstName, lastName } = subject
  const json = JSON.stringify({ email, phone, externalId, firstName, lastName })
  return new Uint8Array(context.keys.seal(Buffer.from(json), use))
}

export function openSubject(context: Context, sealed: Uint8Array): Subject {
  return JSON.parse(context.keys.open(sealed, use).toString()) as Subject
}
