import { recordAudit } from '../audit/record-audit.ts'
import { retryOvertaken } from '../contacts/retry-overtaken.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type ErasureReason, requestErasures } from './request-erasures.ts'

/** Erases one contact: it is gone when this returns; a job removes the rest and completes the receipt. */
export async function eraseContact(context: Context, contactId: string, reason: ErasureReason) {
  return retryOvertaken(context, async (tx) => {
    const [erasure] = await requestErasures(tx, [contactId], reason)
    if (erasure === undefined) throw new DomainError('not_found')
    await recordAudit(tx, { target: { type: 'contact', id: contactId } })
    return erasure
  })
}
