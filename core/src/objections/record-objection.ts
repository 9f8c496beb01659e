import { recordAudit } from '../audit/record-audit.ts'
import { checkEvidence, type Evidence } from '../consents/evidence.ts'
import { lockContact } from '../consents/lock-contact.ts'
import { recordRight } from '../consents/record-right.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import type { ObjectionKind } from './objection-kinds.ts'
import { getObjection } from './read-objections.ts'

/** Records an objection (GDPR art. 21): it needs no reason and takes effect at once. One that is in force already stays. */
export async function recordObjection(
  context: Context,
  contactId: string,
  input: { kind: ObjectionKind; evidence: Evidence },
) {
  const { kind } = input
  const proof = checkEvidence(context.clock, input.evidence, 'refused')
  return transaction(context, async (tx) => {
    const { objections } = await lockContact(tx, contactId)
    const isNew = !objections.includes(kind)
    if (isNew)
      await recordRight(
        tx,
        contactId,
        { key: `objection.${kind}`, state: 'granted', proof },
        { objections: [...objections, kind].sort() },
      )
    await recordAudit(tx, {
      target: { type: 'contact', id: contactId },
      changed: isNew ? [`objections.${kind}`] : [],
    })
    return getObjection(tx, contactId, kind)
  })
}
