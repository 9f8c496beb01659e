import { endKeysOf } from '../access/end-keys-of.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { settleOwnerEmail } from '../verification/settle-steps.ts'
import { getUser } from './read-users.ts'
import { lockUsers, requireAnotherOwner, requireNotAbove } from './rights.ts'

/**
 * Deletes a person's access and what is held about them; sessions and links go with it, and the keys that only they know, unless
 * those are to stay. The audit log keeps the id, which then leads to nobody.
 */
export async function deleteUser(
  context: Context,
  id: string,
  { keepApiKeys = false }: { keepApiKeys?: boolean } = {},
): Promise<void> {
  await transaction(context, async (tx) => {
    const manager = await lockUsers(tx)
    const user = await getUser(tx, id)
    requireNotAbove(manager, user)
    if (user.status === 'active') await requireAnotherOwner(tx, user)
    if (!keepApiKeys) await endKeysOf(tx, id)
    await tx.db.credentialIndex.deleteMany({ where: { ...tx.scope, subjectId: id, kind: 'login' } })
    await tx.db.user.delete({ where: { accountId_id: { ...tx.scope, id } } })
    await settleOwnerEmail(tx)
    await recordAudit(tx, { target: { type: 'user', id } })
  })
}
