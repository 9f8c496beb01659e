/**
 * Whom an answer is about, found in what it says, so that no handler can forget to tell: each id in it, and each address. Ids are kept
 * as they are (whose contact is gone is no one's), addresses as fingerprints: a suppression or the rule of a segment names nobody's id.
 */
import type { Context } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'
import { emailsIn } from '../erasures/mentions.ts'

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
/** As the API writes numbers (E.164). */
const phone = /\+[1-9]\d{5,14}(?!\d)/g

export function mentionsIn(context: Pick<Context, 'keys' | 'accountId'>, texts: string[]): string[] {
  const text = texts.join('\n')
  const marks = new Set(text.match(uuid) ?? [])
  for (const email of emailsIn(text)) marks.add(addressMark(context, 'email', email))
  for (const number of text.match(phone) ?? []) marks.add(addressMark(context, 'phone', number))
  return [...marks]
}

/** How answers about a person are found: by the id of their contact, and by their addresses. */
export function marksOf(
  context: Pick<Context, 'keys' | 'accountId'>,
  contactId: string,
  { email, phone }: { email: string | null; phone: string | null },
): string[] {
  return [
    contactId,
    ...(email === null ? [] : [addressMark(context, 'email', email)]),
    ...(phone === null ? [] : [addressMark(context, 'phone', phone)]),
  ]
}

const addressMark = (
  { keys, accountId }: Pick<Context, 'keys' | 'accountId'>,
  kind: 'email' | 'phone',
  address: string,
) => fingerprint(keys, accountId, kind, address).toString('hex')
