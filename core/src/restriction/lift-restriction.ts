import { recordAudit } from '../audit/record-audit.ts'
import { checkEvidence, evidenceOfCall } from '../consents/evidence.ts'
import { lockContact } from '../consents/lock-contact.ts'
import { recordRight } from '../consents/record-right.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { transaction } from '../transaction.ts'

/** Lifts a restriction. The person must have been told before (GDPR art. 18(3)): `informedAt` says when. */
export async function liftRestriction(
  context: Context,
  contactId: string,
  informedAt: string | undefined,
): Promise<void> {
  await transaction(context, async (tx) => {
    const { restrictedAt } = await lockContact(tx, contactId)
    if (restrictedAt === null) throw new DomainError('not_found')
    if (informedAt === undefined)
      throw new DomainError('instruction_may_infringe', {
        detail:
          'The person must be informed before the restriction is lifted (GDPR art. 18(3)): inform them, then say when with `informedAt`.',
        fields: [{ pointer: '/query/informedAt', detail: 'is needed (GDPR art. 18(3))' }],
      })
    if (new Date(informedAt) > tx.clock.now()) throw invalid('/query/informedAt', 'must not be in the future')
    const told = evidenceOfCall(tx.clock, `The person was informed on ${informedAt}.`)
    const proof = checkEvidence(tx.clock, told, 'withdrawn')
    await recordRight(
      tx,
      contactId,
      { key: 'restriction', state: 'withdrawn', proof },
      { restrictedAt: null },
    )
    await recordAudit(tx, { target: { type: 'contact', id: contactId }, changed: ['restricted'] })
  })
}
