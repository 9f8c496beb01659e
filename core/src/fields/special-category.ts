import { DomainError } from '../errors.ts'

interface MaybeSensitive {
  specialCategory: boolean
  purpose: { legalBasis: string } | null
}

/**
 * GDPR art. 9(1) forbids the processing of special categories of data; of the exceptions of art. 9(2), the explicit consent
 * of (a) is the one that relational marketing can invoke.
 */
export const lacksExplicitConsent = ({ specialCategory, purpose }: MaybeSensitive): boolean =>
  specialCategory && purpose?.legalBasis !== 'consent'

export const specialCategoryRefusal =
  'GDPR art. 9(1): special categories of data may be held only with explicit consent, art. 9(2)(a)'

/** Refuses a field of a special category unless its purpose rests on consent. */
export function requireExplicitConsent(field: MaybeSensitive): void {
  if (lacksExplicitConsent(field))
    throw new DomainError('instruction_may_infringe', {
      detail: `${specialCategoryRefusal}: set \`purpose\` to one whose legal basis is consent, or do without the field.`,
      fields: [{ pointer: '/purpose', detail: 'must be a purpose whose legal basis is consent' }],
    })
}
