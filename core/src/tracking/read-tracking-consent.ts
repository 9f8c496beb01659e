import type { ConsentEvent, TrackingConsent } from '@envoi/prisma'
import { readRight } from '../consents/read-right.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'

/** What the contact says to individual tracking, and the ledger line that proves it; `unknown` and null when never asked. */
export async function getTrackingConsent(
  context: Context,
  contactId: string,
): Promise<{ state: TrackingConsent; changedAt: Date | null; proof: ConsentEvent | null }> {
  const contact = await context.db.contact.findUnique({
    where: { accountId_id: { ...context.scope, id: contactId } },
    select: { tracking: true, trackingChangedAt: true },
  })
  if (contact === null) throw new DomainError('not_found')
  const proof = await readRight(context, contactId, 'tracking')
  return { state: contact.tracking, changedAt: contact.trackingChangedAt, proof }
}
