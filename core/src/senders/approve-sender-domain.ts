import { recordAudit } from '../audit/record-audit.ts'
import { inAccount, type RequestContext } from '../context.ts'
import { transaction } from '../transaction.ts'
import { lockAccount } from '../users/lock-account.ts'
import { settleSenderDomain } from '../verification/settle-steps.ts'
import { getSenderDomain } from './read-sender-domains.ts'

/** The operator vouches for a domain where DNS cannot be checked; recorded as such. */
export async function approveSenderDomain(context: RequestContext, accountId: string, id: string) {
  return transaction(inAccount(context, accountId, { type: 'operator', id: null }), async (tx) => {
    await lockAccount(tx)
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
    await settleSenderDomain(tx)
    await recordAudit(tx, { target: { type: 'sender_domain', id }, changed: ['status'] })
    return domain
  })
}
