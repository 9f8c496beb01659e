import { proveLogin } from '../access/login-lookup.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import type { UserToken } from '../tracking/token.ts'
import { transaction } from '../transaction.ts'
import { settleOwnerEmail } from '../verification/settle-steps.ts'
import { spendLink } from './end-links.ts'
import { lockAccount } from './lock-account.ts'
import { type OpenedLink, readLink } from './read-link.ts'

/**
 * The holder of a mailbox says that it is theirs. A second time, or too late, changes nothing and says so; too late is
 * also when the address has become somebody else's login meanwhile.
 */
export async function confirmEmail(context: Context, token: UserToken): Promise<OpenedLink> {
  return transaction(context, async (tx) => {
    await lockAccount(tx)
    const opened = await readLink(tx, token, 'confirmEmail')
    if (opened.status !== 'waiting') return opened
    if (!(await proveLogin(tx, opened.user))) return { ...opened, status: 'expired' }
    await spendLink(tx, opened)
    const { id } = opened.user
    const now = tx.clock.now()
    await tx.db.user.update({
      where: { accountId_id: { ...tx.scope, id } },
      data: { emailVerifiedAt: now, version: { increment: 1 }, updatedAt: now },
    })
    const inPerson: Context = { ...tx, actor: { type: 'user', id } }
    await settleOwnerEmail(inPerson)
    await recordAudit(inPerson, { target: { type: 'user', id }, changed: ['emailVerifiedAt'] })
    return { ...opened, status: 'used' }
  })
}
