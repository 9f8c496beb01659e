/**
 * The contacts that a piece of work touches, locked and held in memory, so that its items can be taken one after the other,
 * each seeing what the ones before it did, while the database is asked once and written to once.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  apiOrigin,
  type ContactColumn,
  type ContactDraft,
  contactColumns,
  type ValueProblem,
} from './contact-draft.ts'

/** A contact as it is, or as it is about to be. */
export interface HeldContact extends Record<ContactColumn, string | null> {
  id: string
  attributes: Record<string, unknown>
  version: number
  /** Set for one that does not exist yet. */
  origin?: ContactDraft['origin']
  isNew: boolean
  isChanged: boolean
}

/**
 * How an item finds its contact. `any`: by external id, else by email; by phone only when it has neither, since a phone is
 * often shared within a family. `none`: it must be new.
 */
export type MatchBy = 'any' | 'email' | 'externalId' | 'none'

export class ContactBook {
  readonly #byEmail = new Map<string, HeldContact>()
  readonly #byExternalId = new Map<string, HeldContact>()
  readonly #byPhone = new Map<string, HeldContact[]>()
  readonly #contacts: HeldContact[] = []

  readonly #unseen: ReadonlySet<string>

  /** `unseen`: what counts as changed whenever it is given, equal or not. */
  constructor(contacts: Iterable<HeldContact> = [], unseen: ReadonlySet<string> = new Set()) {
    this.#unseen = unseen
    for (const contact of contacts) this.#enter(contact)
  }

  /** The contact that a draft is about, undefined when there is none yet, or why that cannot be said. */
  find(draft: ContactDraft, matchBy: MatchBy): HeldContact | ValueProblem | undefined {
    const { email, externalId, phone } = draft
    const byExternalId = externalId ? this.#byExternalId.get(externalId) : undefined
    const byEmail = email ? this.#byEmail.get(email) : undefined
    if (matchBy === 'none')
      return byExternalId || byEmail ? taken(byEmail ? 'email' : 'externalId') : undefined
    if (matchBy === 'externalId') return byExternalId
    if (matchBy === 'email') return byEmail
    if (byExternalId !== undefined) return byExternalId
    if (byEmail !== undefined) {
      // two records of a CRM with one address: to choose between them is not for us
      if (externalId && byEmail.externalId !== null)
        return conflict('/externalId', 'is not that of the contact with this email')
      return byEmail
    }
    if (externalId || email || !phone) return undefined
    const [first, second] = this.#byPhone.get(phone) ?? []
    return second === undefined ? first : conflict('/phone', 'belongs to several contacts')
  }

  /** Enters a new contact, unless a rule refuses it. */
  create(id: string, draft: ContactDraft): ValueProblem[] {
    const contact: HeldContact = {
      id,
      email: null,
      phone: null,
      externalId: null,
      firstName: null,
      lastName: null,
      locale: null,
      timezone: null,
      attributes: {},
      version: 1,
      isNew: true,
      isChanged: false,
      origin: draft.origin ?? apiOrigin,
    }
    const { problems } = this.change(contact, draft)
    if (problems.length === 0) this.#contacts.push(contact)
    return problems
  }

  /** Merges a draft into a contact (RFC 7396), unless a rule refuses it; names the fields that are not as before. */
  change(contact: HeldContact, draft: ContactDraft): { changed: string[]; problems: ValueProblem[] } {
    const columns = contactColumns.filter(
      (name) => draft[name] !== undefined && (this.#unseen.has(name) || draft[name] !== contact[name]),
    )
    const attributes = [...(draft.attributes ?? [])].filter(([key, value]) => {
      if (this.#unseen.has(`attributes.${key}`)) return true
      return value === null
        ? Object.hasOwn(contact.attributes, key)
        : !isDeepStrictEqual(contact.attributes[key], value)
    })
    const problems = this.#refusals(contact, draft)
    if (problems.length > 0) return { changed: [], problems }
    this.#leave(contact)
    for (const name of columns) contact[name] = draft[name] ?? null
    if (attributes.length > 0) contact.attributes = mergeAttributes(contact.attributes, attributes)
    this.#index(contact)
    const changed = [...columns, ...attributes.map(([key]) => `attributes.${key}`)]
    if (changed.length > 0) contact.isChanged = true
    return { changed, problems }
  }

  get created(): HeldContact[] {
    return this.#contacts.filter(({ isNew }) => isNew)
  }

  get updated(): HeldContact[] {
    return this.#contacts.filter(({ isNew, isChanged }) => isChanged && !isNew)
  }

  #refusals(contact: HeldContact, draft: ContactDraft): ValueProblem[] {
    const holderOfEmail = draft.email ? this.#byEmail.get(draft.email) : undefined
    if (holderOfEmail !== undefined && holderOfEmail !== contact) return [taken('email')]
    const holderOfExternalId = draft.externalId ? this.#byExternalId.get(draft.externalId) : undefined
    if (holderOfExternalId !== undefined && holderOfExternalId !== contact) return [taken('externalId')]
    const { email, phone, externalId } = { ...contact, ...defined(draft) }
    if (email !== null || phone !== null || externalId !== null) return []
    return [
      { code: 'missing_identifier', pointer: '/email', detail: 'or `phone` or `externalId` is required' },
    ]
  }

  #enter(contact: HeldContact): void {
    this.#contacts.push(contact)
    this.#index(contact)
  }

  #index(contact: HeldContact): void {
    if (contact.email !== null) this.#byEmail.set(contact.email, contact)
    if (contact.externalId !== null) this.#byExternalId.set(contact.externalId, contact)
    if (contact.phone !== null) this.#byPhone.set(contact.phone, [...this.#sharing(contact), contact])
  }

  #leave(contact: HeldContact): void {
    if (contact.email !== null) this.#byEmail.delete(contact.email)
    if (contact.externalId !== null) this.#byExternalId.delete(contact.externalId)
    if (contact.phone !== null) this.#byPhone.set(contact.phone, this.#sharing(contact))
  }

  /** The others with the same phone. */
  #sharing({ id, phone }: HeldContact): HeldContact[] {
    return (this.#byPhone.get(phone ?? '') ?? []).filter((other) => other.id !== id)
  }
}

function defined(draft: ContactDraft): Partial<Record<ContactColumn, string | null>> {
  return Object.fromEntries(
    contactColumns.flatMap((name) => (draft[name] === undefined ? [] : [[name, draft[name]]])),
  )
}

function mergeAttributes(
  before: Record<string, unknown>,
  changes: [string, unknown][],
): Record<string, unknown> {
  const merged = new Map(Object.entries(before))
  for (const [key, value] of changes) {
    if (value === null) merged.delete(key)
    else merged.set(key, value)
  }
  return Object.fromEntries(merged)
}

const conflict = (pointer: string, detail: string): ValueProblem => ({ code: 'conflict', pointer, detail })
const taken = (field: 'email' | 'externalId') => conflict(`/${field}`, 'belongs to another contact')
