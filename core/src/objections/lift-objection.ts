import { recordAudit } from '../audit/record-audit.ts'
import { checkEvidence, type Evidence, evidenceOfCall } from '../consents/evidence.ts'
import { lockContact } from '../consents/lock-contact.ts'
import { recordRight } from '../consents/record-right.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import type { ObjectionKind } from './objection-kinds.ts'

/** Lifts an objection, as the person asks. The ledger keeps both. */
export async function liftObjection(
  context: Context,
  contactId: string,
  kind: ObjectionKind,
  evidence: Evidence = evidenceOfCall(context.clock),
): Promise<void> {
  const proof = checkEvidence(context.clock, evidence, 'withdrawn')
  await transaction(context, async (tx) => {
    const { objections } = await lockContact(tx, contactId)
    if (!objections.includes(kind)) throw new DomainError('not_found')
    await recordRight(
      tx,
      contactId,
      { key: `objection.${kind}`, state: 'withdrawn', proof },
      { objections: objections.filter((other) => other !== kind) },
    )
    await recordAudit(tx, { target: { type: 'contact', id: contactId }, changed: [`objections.${kind}`] })
  })
}
