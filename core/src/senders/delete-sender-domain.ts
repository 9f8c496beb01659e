import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { lockAccount } from '../users/lock-account.ts'
import { settleSenderDomain } from '../verification/settle-steps.ts'
import { getSenderDomain } from './read-sender-domains.ts'

export async function deleteSenderDomain(context: Context, id: string): Promise<void> {
  await transaction(context, async (tx) => {
    await lockAccount(tx)
    await getSenderDomain(tx, id)
    const senders = await tx.db.sender.count({ where: { ...tx.scope, senderDomainId: id } })
    if (senders > 0) throw new DomainError('in_use', { detail: `${senders} senders use this domain.` })
    await tx.db.senderDomain.delete({ where: { accountId_id: { ...tx.scope, id } } })
    await settleSenderDomain(tx)
    await recordAudit(tx, { target: { type: 'sender_domain', id } })
  })
}
