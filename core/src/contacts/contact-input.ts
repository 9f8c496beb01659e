import type { NewConsent } from '../consents/record-consent.ts'
import type { ContactColumn } from './contact-draft.ts'

/** A contact as a client writes it. */
export interface ContactInput extends Partial<Record<ContactColumn, string | null>> {
  attributes?: Record<string, unknown>
  origin?: { source: string; detail?: string | null; collectedAt?: string | null }
  consents?: NewConsent[]
}
