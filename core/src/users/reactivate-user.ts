import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { requestUserMail } from '../user-mails/request-user-mail.ts'
import { settleOwnerEmail } from '../verification/settle-steps.ts'
import { countInvitation } from './invite-user.ts'
import { getUser } from './read-users.ts'
import { requireNotByOwnKey } from './require-not-own.ts'
import { lockUsers, requireGrantable } from './rights.ts'

/** Undoes a deactivation, with the rights the user had; who had not accepted yet is invited again. */
export async function reactivateUser(context: Context, id: string) {
  return transaction(context, async (tx) => {
    const manager = await lockUsers(tx)
    const before = await getUser(tx, id)
    requireNotByOwnKey(tx, id)
    requireGrantable(manager, before)
    const target = { type: 'user', id }
    if (before.status !== 'deactivated') {
      await recordAudit(tx, { target })
      return before
    }
    const status = before.passwordHash === null ? 'invited' : 'active'
    const user = await tx.db.user.update({
      where: { accountId_id: { ...tx.scope, id } },
      data: { status, version: { increment: 1 }, updatedAt: tx.clock.now() },
    })
    await settleOwnerEmail(tx)
    if (status === 'invited') {
      await countInvitation(tx)
      await requestUserMail(tx, 'users.invite', id)
    }
    await recordAudit(tx, { target, changed: ['status'] })
    return user
  })
}
