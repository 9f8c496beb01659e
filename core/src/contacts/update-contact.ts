import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { refusedByErasure } from '../erasures/refused-by-erasure.ts'
import { DomainError } from '../errors.ts'
import { ContactBook } from './contact-book.ts'
import type { ContactInput } from './contact-input.ts'
import { loadContactRules } from './contact-rules.ts'
import { draftContact } from './draft-contact.ts'
import { unseenValues } from './mask.ts'
import { getContact } from './read-contacts.ts'
import { refuse } from './refuse.ts'
import { retryOvertaken } from './retry-overtaken.ts'
import { lockContacts, lookupsOf } from './write-contacts.sql.ts'
import { saveContacts, stillErased } from './write-contacts.ts'

/** Merges a patch (RFC 7396) into a contact. `expectedVersion`: 412 unless the contact still has it. */
export async function updateContact(
  context: Context,
  id: string,
  patch: Omit<ContactInput, 'origin'>,
  expectedVersion: number | undefined,
) {
  return retryOvertaken(context, async (tx) => {
    const { draft, problems } = draftContact(patch, await loadContactRules(tx))
    if (problems.length > 0) throw refuse(problems)
    const [erased] = await refusedByErasure(tx, [draft])
    const held = await lockContacts(tx, { ...lookupsOf([draft]), ids: [id] })
    const contact = held.find((one) => one.id === id)
    if (contact === undefined) throw new DomainError('not_found')
    if (expectedVersion !== undefined && expectedVersion !== contact.version)
      throw new DomainError('precondition_failed')
    const refused = stillErased(draft, contact, erased)
    if (refused.length > 0) throw refuse(refused)
    const book = new ContactBook(held, await unseenValues(tx))
    const { changed, problems: conflicts } = book.change(contact, draft)
    if (conflicts.length > 0) throw refuse(conflicts)
    await saveContacts(tx, book)
    await recordAudit(tx, { target: { type: 'contact', id }, changed })
    return getContact(tx, id)
  })
}
