import { recordAudit } from '../audit/record-audit.ts'
import { checkEvidence } from '../consents/evidence.ts'
import { lockContact } from '../consents/lock-contact.ts'
import { recordRight } from '../consents/record-right.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { getRestriction } from './read-restriction.ts'

/** GDPR art. 18(1)(a) to (d). */
export type RestrictionReason =
  | 'accuracy_contested'
  | 'unlawful_processing'
  | 'legal_claims'
  | 'objection_pending'

/** Restricts the processing of a contact: kept, and nothing else; no message of any kind leaves. */
export async function restrictContact(
  context: Context,
  contactId: string,
  input: { reason: RestrictionReason; source: string; receivedAt: string },
) {
  const { reason, source, receivedAt } = input
  const told = { source, collectedAt: receivedAt, text: reason }
  const proof = checkEvidence(context.clock, told, 'refused', '/receivedAt')
  return transaction(context, async (tx) => {
    const { restrictedAt } = await lockContact(tx, contactId)
    if (restrictedAt === null)
      await recordRight(
        tx,
        contactId,
        { key: 'restriction', state: 'granted', proof },
        { restrictedAt: tx.clock.now() },
      )
    await recordAudit(tx, {
      target: { type: 'contact', id: contactId },
      changed: restrictedAt === null ? ['restricted'] : [],
    })
    return getRestriction(tx, contactId)
  })
}
