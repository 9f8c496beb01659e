import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'
import type { ContactInput } from './contact-input.ts'
import { loadContactRules } from './contact-rules.ts'
import { draftContact } from './draft-contact.ts'
import { getContact } from './read-contacts.ts'
import { refuse } from './refuse.ts'
import { retryOvertaken } from './retry-overtaken.ts'
import { writeContacts } from './write-contacts.ts'

/** Creates the contact with an external id or an email, or changes the one that has it: two at once make one contact. */
export async function upsertContact(
  context: Context,
  key: { email: string } | { externalId: string },
  input: ContactInput,
) {
  const matchBy = 'email' in key ? 'email' : 'externalId'
  return retryOvertaken(context, async (tx) => {
    const { draft, problems } = draftContact({ ...input, ...key }, await loadContactRules(tx, [input]))
    if (problems.length > 0) throw refuse(problems, matchBy)
    // nobody would be found by it: each call would create another contact
    if (draft[matchBy] === null) throw invalid(`/path/${matchBy}`, 'must not be blank')
    const [outcome] = await writeContacts(tx, [draft], { matchBy, onConflict: 'update' })
    if (outcome === undefined || outcome.status === 'rejected') throw refuse(outcome?.problems ?? [], matchBy)
    if (outcome.problems !== undefined) throw refuse(outcome.problems)
    await recordAudit(tx, { target: { type: 'contact', id: outcome.id }, changed: outcome.changed })
    return { contact: await getContact(tx, outcome.id), isNew: outcome.status === 'created' }
  })
}
