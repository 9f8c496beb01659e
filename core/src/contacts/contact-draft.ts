import type { Channel } from '@envoi/prisma'
import type { CheckedEvidence } from '../consents/evidence.ts'

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
  /** Recorded with it. */
  consents?: DraftedConsent[]
  /** When the last of the permissions among these was given: what was erased before then may come back. */
  consentedAt?: Date | null
}

/** A consent whose purpose is known and whose proof is sound. */
export interface DraftedConsent {
  purposeId: string
  channel: Channel
  state: 'granted' | 'withdrawn' | 'refused'
  proof: CheckedEvidence
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
