import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import type { ContactInput } from './contact-input.ts'
import { loadContactRules } from './contact-rules.ts'
import { draftContact } from './draft-contact.ts'
import { getContact } from './read-contacts.ts'
import { refuse } from './refuse.ts'
import { retryOvertaken } from './retry-overtaken.ts'
import { writeContacts } from './write-contacts.ts'

/** Creates a contact. That does not make it lawful to write to it: a ground for a purpose does. */
export async function createContact(context: Context, input: ContactInput) {
  return retryOvertaken(context, async (tx) => {
    const { draft, problems } = draftContact(input, await loadContactRules(tx, [input]))
    if (problems.length > 0) throw refuse(problems)
    const [outcome] = await writeContacts(tx, [draft], { matchBy: 'none', onConflict: 'update' })
    if (outcome === undefined || outcome.status === 'rejected') throw refuse(outcome?.problems ?? [])
    await recordAudit(tx, { target: { type: 'contact', id: outcome.id } })
    return getContact(tx, outcome.id)
  })
}
