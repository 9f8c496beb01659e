import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { lockContacts } from './record-consents.sql.ts'

/** Takes a contact's chain for this transaction, and reads the contact as it is from then on. 404 when there is none. */
export async function lockContact(tx: Context, contactId: string) {
  await tx.db.$queryRaw(lockContacts(tx, [contactId]))
  const contact = await tx.db.contact.findUnique({ where: { accountId_id: { ...tx.scope, id: contactId } } })
  if (contact === null) throw new DomainError('not_found')
  return contact
}
