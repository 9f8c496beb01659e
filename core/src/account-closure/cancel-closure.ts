import { getAccount } from '../accounts/read-accounts.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { recordClosure } from '../records/record-rows.ts'
import { transaction } from '../transaction.ts'
import { requestAdminMails } from '../user-mails/request-user-mail.ts'
import { lockAccount } from '../users/lock-account.ts'
import { getClosure } from './read-closure.ts'
import { requireOwner } from './require-owner.ts'

/**
 * Calls a closing back while it can be: the account has the status again that it had. Its campaigns stay stopped.
 *
 * @throws DomainError `permission_missing` to who is no owner; `not_found` when there is nothing to call back
 */
export async function cancelClosure(context: Context) {
  return transaction(context, async (tx) => {
    await lockAccount(tx)
    await requireOwner(tx)
    const { id, status } = await getClosure(tx)
    if (status !== 'cooling') throw new DomainError('not_found')
    const now = tx.clock.now()
    const { statusBefore } = await getAccount(tx)
    const closure = await tx.db.accountClosure.update({
      where: { accountId_id: { ...tx.scope, id } },
      data: { status: 'cancelled', cancelledAt: now },
    })
    await recordClosure(tx, id)
    await tx.db.account.update({
      where: { id: tx.accountId },
      data: {
        status: statusBefore ?? 'trial',
        statusBefore: null,
        version: { increment: 1 },
        updatedAt: now,
      },
    })
    await requestAdminMails(tx, 'account.closure', { step: 'cancelled', closure: id })
    await recordAudit(tx, { target: { type: 'account', id: tx.accountId }, changed: ['status'] })
    return closure
  })
}
