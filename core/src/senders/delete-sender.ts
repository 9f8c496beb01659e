import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { getSender } from './read-senders.ts'

export async function deleteSender(context: Context, id: string): Promise<void> {
  await transaction(context, async (tx) => {
    await getSender(tx, id)
    const campaigns = await tx.db.campaign.count({ where: { ...tx.scope, senderId: id } })
    if (campaigns > 0) throw new DomainError('in_use', { detail: `${campaigns} campaigns use this sender.` })
    await tx.db.sender.delete({ where: { accountId_id: { ...tx.scope, id } } })
    await recordAudit(tx, { target: { type: 'sender', id } })
  })
}
