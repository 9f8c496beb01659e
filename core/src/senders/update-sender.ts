import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { requirePlainName } from '../plain-name.ts'
import { transaction } from '../transaction.ts'
import { requireUpdated } from '../update-versioned.ts'
import { getSender } from './read-senders.ts'

export async function updateSender(
  context: Context,
  id: string,
  patch: { name?: string; replyTo?: string | null },
  expectedVersion: number | undefined,
) {
  if (patch.name !== undefined) requirePlainName('/name', patch.name)
  return transaction(context, async (tx) => {
    const { count } = await tx.db.sender.updateMany({
      where: { ...tx.scope, id, version: expectedVersion },
      data: { ...patch, version: { increment: 1 }, updatedAt: tx.clock.now() },
    })
    await requireUpdated(count, () =>
      tx.db.sender.findUnique({ where: { accountId_id: { ...tx.scope, id } } }),
    )
    await recordAudit(tx, { target: { type: 'sender', id }, changed: Object.keys(patch) })
    return getSender(tx, id)
  })
}
