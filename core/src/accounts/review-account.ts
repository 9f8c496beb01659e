import type { AccountStatus } from '@envoi/prisma'
import { recordAudit } from '../audit/record-audit.ts'
import { inAccount, type RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { requestAdminMails } from '../user-mails/request-user-mail.ts'

/** What an operator decides about an account. */
export type Verdict = 'approve' | 'refuse' | 'suspend' | 'reopen'

type Status = { status: AccountStatus; statusBefore: AccountStatus | null }

/** Where a verdict leads; undefined where it has no place. */
const moves: Record<Verdict, (account: Status) => AccountStatus | undefined> = {
  approve: ({ status }) => (status === 'trial' ? 'active' : undefined),
  refuse: ({ status }) => (status === 'trial' ? 'refused' : undefined),
  suspend: ({ status }) => (status === 'trial' || status === 'active' ? 'suspended' : undefined),
  reopen: ({ status, statusBefore }) =>
    status === 'suspended' || status === 'refused' ? (statusBefore ?? 'trial') : undefined,
}

/** The account is there already: saying it twice changes nothing. */
const settled: Record<Verdict, readonly AccountStatus[]> = {
  approve: ['active'],
  refuse: ['refused'],
  suspend: ['suspended'],
  reopen: ['trial', 'active'],
}

/**
 * Carries out a verdict of the operator. Verdicts on one account wait for each other, so that an approval and a suspension
 * at the same time end as if one had come after the other. An approved account has no daily quota any more. Its owners and
 * admins are told by mail.
 *
 * @throws DomainError `conflict` when the account's status leaves no place for it
 */
export async function reviewAccount(
  context: RequestContext,
  accountId: string,
  verdict: Verdict,
  reason: string | null = null,
) {
  return transaction(inAccount(context, accountId, { type: 'operator', id: null }), async (tx) => {
    await tx.db.$queryRaw`select from account where id = ${accountId}::uuid for no key update`
    const account = await tx.db.account.findUnique({ where: { id: accountId } })
    if (account === null) throw new DomainError('not_found')
    const status = moves[verdict](account)
    if (status === undefined && !settled[verdict].includes(account.status))
      throw new DomainError('conflict', { detail: `The account is ${account.status}.` })
    const target = { type: 'account', id: accountId }
    if (status === undefined) {
      await recordAudit(tx, { target })
      return account
    }
    const isStopped = status === 'suspended' || status === 'refused'
    const updated = await tx.db.account.update({
      where: { id: accountId },
      data: {
        status,
        statusBefore: isStopped ? account.status : null,
        statusReason: isStopped ? reason : null,
        ...(verdict === 'approve' ? { dailyQuota: null } : {}),
        version: { increment: 1 },
        updatedAt: tx.clock.now(),
      },
    })
    await requestAdminMails(tx, 'account.status', { verdict, status })
    await recordAudit(tx, { target, changed: ['status'] })
    return updated
  })
}
