/** Columns of a contact that a client writes as they are. */
export const contactColumns = [
  'email',
  'phone',
  'externalId',
  'firstName',
  'lastName',
  'locale',
  'timezone',
] as const

export type ContactColumn = (typeof contactColumns)[number]

/** Where and when a contact's data was collected. */
export interface Origin {
  source: string
  detail: string | null
  collectedAt: Date | null
}

/** Where a contact came from when nobody said so. */
export const apiOrigin: Origin = { source: 'api', detail: null, collectedAt: null }

/** What to write of a contact, normalised. What is left out stays as it is; null clears. */
export interface ContactDraft extends Partial<Record<ContactColumn, string | null>> {
  /** Merged key by key. */
  attributes?: ReadonlyMap<string, unknown>
  /** Used when the contact is created, and kept ever after. */
  origin?: Origin
}

/** Why a value, or a whole item, is refused. */
export interface ValueProblem {
  /** Stable, for programs: `invalid_email`. */
  code: string
  /** JSON pointer into the item: `/attributes/country`. */
  pointer: string
  /** What is expected; never repeats the value. */
  detail: string
}
