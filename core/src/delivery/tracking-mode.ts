import type { TrackingConsent } from '@envoi/prisma'
import type { Snapshot } from '../campaigns/snapshot.ts'

/**
 * How one message is tracked (docs/decisions/0013-tracking-tokens.md). Only with a consent of its own that is granted
 * (CNIL, deliberation 2026-042): without it no pixel and no rewritten link. Who objects to profiling (GDPR art. 21), and
 * everybody in a campaign to which totals are enough, is counted without being known.
 */
export function trackingMode(
  { opens, clicks, as }: Snapshot['tracking'],
  contact: { tracking: TrackingConsent; objections: readonly string[] },
): 'off' | 'aggregate' | 'individual' {
  if (contact.tracking !== 'granted' || !(opens || clicks)) return 'off'
  return contact.objections.includes('profiling') ? 'aggregate' : as
}
