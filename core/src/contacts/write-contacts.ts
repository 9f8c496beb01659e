import { requireTrialRoom } from '../accounts/trial-contacts.ts'
import { followAddresses } from '../consents/follow-addresses.ts'
import { outdatedDetail } from '../consents/record-consents.ts'
import type { Context } from '../context.ts'
import { type ErasedValues, refusedByErasure } from '../erasures/refused-by-erasure.ts'
import { recogniseSuppressions } from '../suppressions/recognise-suppressions.ts'
import { ContactBook, type HeldContact, type MatchBy } from './contact-book.ts'
import type { ContactDraft, ValueProblem } from './contact-draft.ts'
import { unseenValues } from './mask.ts'
import { writeConsents } from './write-consents.ts'
import {
  addressRows,
  insertContacts,
  lockContacts,
  lockPhones,
  lookupsOf,
  updateContacts,
} from './write-contacts.sql.ts'

/** What became of one item. */
export type Outcome =
  | {
      status: 'created' | 'updated' | 'unchanged' | 'skipped'
      id: string
      changed: string[]
      /** Consents that came with it and were not recorded. */
      problems?: ValueProblem[]
    }
  | { status: 'rejected'; problems: ValueProblem[] }

/** Another transaction wrote the same contacts first: what was read is no longer true, so begin again. */
export class Overtaken extends Error {}

/**
 * Creates and changes contacts, in order, in a handful of statements however many there are. Inside a transaction, to be
 * begun again when it throws `Overtaken` (see `retryOvertaken`).
 */
export async function writeContacts(
  tx: Context,
  drafts: ContactDraft[],
  options: { matchBy: MatchBy; onConflict: 'update' | 'skip' },
): Promise<Outcome[]> {
  const erased = await refusedByErasure(tx, drafts)
  const lookups = lookupsOf(drafts)
  if (lookups.phones.length > 0) await lockPhones(tx)
  const book = new ContactBook(await lockContacts(tx, lookups), await unseenValues(tx))
  const outcomes = drafts.map((draft, index) => {
    const contact = book.find(draft, options.matchBy)
    if (contact !== undefined && 'code' in contact) return rejected([contact])
    const refused = stillErased(draft, contact, erased[index])
    if (refused.length > 0) return rejected(refused)
    if (contact === undefined) return create(tx, book, draft)
    return options.onConflict === 'skip' ? skipped(contact) : change(book, contact, draft)
  })
  await saveContacts(tx, book)
  return withConsents(tx, drafts, outcomes)
}

/** Records the consents that came with what was written; says which of them could not be. */
async function withConsents(tx: Context, drafts: ContactDraft[], outcomes: Outcome[]): Promise<Outcome[]> {
  const items = outcomes.flatMap((outcome, item) => {
    const consents = drafts[item]?.consents ?? []
    if (outcome.status === 'rejected' || outcome.status === 'skipped' || consents.length === 0) return []
    const { email, phone } = drafts[item] ?? {}
    const named = { email: typeof email === 'string', sms: typeof phone === 'string' }
    return [{ outcome, contactId: outcome.id, consents, named }]
  })
  if (items.length === 0) return outcomes
  const outdated = await writeConsents(tx, items)
  items.forEach(({ outcome }, item) => {
    const late = outdated[item] ?? []
    if (late.length > 0) outcome.problems = late.map(outdatedConsent)
  })
  return outcomes
}

const outdatedConsent = (index: number): ValueProblem => ({
  code: 'consent_outdated',
  pointer: `/consents/${index}/evidence/collectedAt`,
  detail: outdatedDetail,
})

/** Writes what has become of the contacts of a book. */
export async function saveContacts(tx: Context, book: ContactBook): Promise<void> {
  // first the changes: they may set free an address that a new contact takes
  if (book.updated.length > 0)
    await followAddresses(tx, addressRows(book.updated), 'clears', () => updateContacts(tx, book.updated))
  const { created } = book
  if ((await insertContacts(tx, created)) < created.length) throw new Overtaken()
  if (created.length > 0) await requireTrialRoom(tx, created.length)
  await recogniseSuppressions(tx, [...book.updated, ...created].flatMap(addressesOf))
}

const addressesOf = ({ email, phone }: HeldContact) => [
  ...(email === null ? [] : [{ channel: 'email' as const, value: email }]),
  ...(phone === null ? [] : [{ channel: 'sms' as const, value: phone }]),
]

function create(tx: Context, book: ContactBook, draft: ContactDraft): Outcome {
  const id = tx.newId()
  const problems = book.create(id, draft)
  return problems.length > 0 ? rejected(problems) : { status: 'created', id, changed: [] }
}

function change(book: ContactBook, contact: HeldContact, draft: ContactDraft): Outcome {
  const { changed, problems } = book.change(contact, draft)
  if (problems.length > 0) return rejected(problems)
  return { status: changed.length > 0 ? 'updated' : 'unchanged', id: contact.id, changed }
}

/** Values of an erased person are refused where they are new; a contact that shares one with it keeps it. */
export function stillErased(
  draft: ContactDraft,
  contact: HeldContact | undefined,
  erased: ErasedValues = [],
): ValueProblem[] {
  return erased
    .filter((name) => contact?.[name] !== draft[name])
    .map((name) => ({
      code: 'contact_erased',
      pointer: `/${name}`,
      detail: 'is that of a person who was erased on request',
    }))
}

const rejected = (problems: ValueProblem[]): Outcome => ({ status: 'rejected', problems })
const skipped = ({ id }: HeldContact): Outcome => ({ status: 'skipped', id, changed: [] })
