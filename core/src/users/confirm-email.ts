import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import type { UserToken } from '../tracking/token.ts'
import { transaction } from '../transaction.ts'
import { spendLink } from './end-links.ts'
import { lockAccount } from './lock-account.ts'
import { type OpenedLink, readLink } from './read-link.ts'

/** The holder of a mailbox says that it is theirs. A second time, or too late, changes nothing and says so. */
export async function confirmEmail(context: Context, token: UserToken): Promise<OpenedLink> {
  return transaction(context, async (tx) => {
    await lockAccount(tx)
    const opened = await readLink(tx, token, 'confirmEmail')
    if (opened.status !== 'waiting') return opened
    await spendLink(tx, opened)
    const { id } = opened.user
    const now = tx.clock.now()
    await tx.db.user.update({
      where: { accountId_id: { ...tx.scope, id } },
      data: { emailVerifiedAt: now, version: { increment: 1 }, updatedAt: now },
    })
    await recordAudit(
      { ...tx, actor: { type: 'user', id } },
      { target: { type: 'user', id }, changed: ['emailVerifiedAt'] },
    )
    return { ...opened, status: 'used' }
  })
}
