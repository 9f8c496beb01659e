import type { AccountClosure } from '@envoi/prisma'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { lockAccount } from '../users/lock-account.ts'

/**
 * The cooling period is over: nobody is let in any more, sessions and keys are dead, links in mails lead nowhere, and jobs that wait or
 * run lose their rows, which stops them. What was under way in that moment has some minutes to end before the archive is made.
 */
export async function beginArchiving(context: Context, { id }: AccountClosure): Promise<void> {
  await transaction(context, async (tx) => {
    await lockAccount(tx)
    const now = tx.clock.now()
    const { count } = await tx.db.accountClosure.updateMany({
      where: { ...tx.scope, id, status: 'cooling', closesAt: { lte: now } },
      data: { status: 'archiving', archivingAt: now },
    })
    // called back in the last moment, or begun by another worker
    if (count === 0) return
    await tx.db.account.update({
      where: { id: tx.accountId },
      data: { status: 'archived', statusBefore: null, version: { increment: 1 }, updatedAt: now },
    })
    await tx.db.session.updateMany({ where: { ...tx.scope, revokedAt: null }, data: { revokedAt: now } })
    await tx.db.userLink.updateMany({ where: { ...tx.scope, usedAt: null }, data: { usedAt: now } })
    await tx.db.credentialIndex.deleteMany({ where: { accountId: tx.accountId } })
    await tx.db.outbox.deleteMany({ where: { ...tx.scope, name: { not: 'users.mail' } } })
    await recordAudit(tx, { target: { type: 'account', id: tx.accountId }, changed: ['status'] })
  })
}
