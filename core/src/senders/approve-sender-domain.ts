import { recordAudit } from '../audit/record-audit.ts'
import { inAccount, type RequestContext } from '../context.ts'
import { transaction } from '../transaction.ts'
import { getSenderDomain } from './read-sender-domains.ts'

/** The operator vouches for a domain where DNS cannot be checked; recorded as such. */
export async function approveSenderDomain(context: RequestContext, accountId: string, id: string) {
  return transaction(inAccount(context, accountId, { type: 'operator', id: null }), async (tx) => {
    const now = tx.clock.now()
    await tx.db.senderDomain.updateMany({
      where: { ...tx.scope, id },
      data: {
        status: 'verified',
        verifiedBy: 'operator',
        verifiedAt: now,
        version: { increment: 1 },
        updatedAt: now,
      },
    })
    const domain = await getSenderDomain(tx, id)
    await recordAudit(tx, { target: { type: 'sender_domain', id }, changed: ['status'] })
    return domain
  })
}
