import { endKeysOf } from '../access/end-keys-of.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { settleOwnerEmail } from '../verification/settle-steps.ts'
import { endLinks } from './end-links.ts'
import { endSessions } from './end-sessions.ts'
import { getUser } from './read-users.ts'
import { lockUsers, requireAnotherOwner, requireNotAbove } from './rights.ts'

/**
 * The user can do nothing any more, at once: sessions end, links in mails, and the keys that only they know, unless those are to
 * stay. Saying it twice changes nothing. Returns the user, and the keys that have ended.
 */
export async function deactivateUser(
  context: Context,
  id: string,
  { keepApiKeys = false }: { keepApiKeys?: boolean } = {},
) {
  return transaction(context, async (tx) => {
    const manager = await lockUsers(tx)
    const before = await getUser(tx, id)
    requireNotAbove(manager, before)
    const target = { type: 'user', id }
    if (before.status === 'deactivated') {
      await recordAudit(tx, { target })
      return { user: before, endedKeys: [] }
    }
    if (before.status === 'active') await requireAnotherOwner(tx, before)
    const user = await tx.db.user.update({
      where: { accountId_id: { ...tx.scope, id } },
      data: { status: 'deactivated', version: { increment: 1 }, updatedAt: tx.clock.now() },
    })
    await endSessions(tx, id)
    await endLinks(tx, id)
    const endedKeys = keepApiKeys ? [] : await endKeysOf(tx, id)
    await settleOwnerEmail(tx)
    await recordAudit(tx, { target, changed: ['status'] })
    return { user, endedKeys }
  })
}
