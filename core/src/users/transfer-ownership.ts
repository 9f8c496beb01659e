import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { settleOwnerEmail } from '../verification/settle-steps.ts'
import { getUser } from './read-users.ts'
import { lockUsers } from './rights.ts'

/** An owner makes another active user the owner in their place, and becomes an admin: both in one step, so that there is always one. */
export async function transferOwnership(context: Context, id: string) {
  return transaction(context, async (tx) => {
    const manager = await lockUsers(tx)
    const from = tx.actor.id
    if (!manager.isOwner || from === null)
      throw new DomainError('permission_missing', { detail: 'Only an owner can hand the account over.' })
    const { status } = await getUser(tx, id)
    if (status !== 'active') throw invalid('/path/userId', 'must be that of an active user')
    if (id === from) throw invalid('/path/userId', 'must be that of another user')
    await setRole(tx, from, 'admin')
    await setRole(tx, id, 'owner')
    await settleOwnerEmail(tx)
    return getUser(tx, id)
  })
}

async function setRole(tx: Context, id: string, role: 'owner' | 'admin'): Promise<void> {
  await tx.db.user.update({
    where: { accountId_id: { ...tx.scope, id } },
    data: { role, permissions: [], version: { increment: 1 }, updatedAt: tx.clock.now() },
  })
  await recordAudit(tx, { target: { type: 'user', id }, changed: ['role'] })
}
