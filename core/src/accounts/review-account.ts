import type { AccountStatus } from '@envoi/prisma'
import { proveLogin } from '../access/login-lookup.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { type Context, inAccount, type RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { requestAdminMails } from '../user-mails/request-user-mail.ts'
import { moveStep, type StepStatus } from '../verification/steps.ts'
import { requireSteps, type WaivableKind } from '../verification/waive-steps.ts'

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

/** What a verdict says about the operator's own step; reopening a refused account opens its review again. */
const reviewed: Partial<Record<AccountStatus, StepStatus>> = {
  active: 'passed',
  refused: 'refused',
  trial: 'pending',
}

/**
 * Carries out a verdict of the operator. Verdicts on one account wait for each other, so that an approval and a suspension
 * at the same time end as if one had come after the other. An approved account has no daily quota any more. Its owners and
 * admins are told by mail.
 *
 * `waive`: steps of the verification that an approval does without.
 *
 * @throws DomainError `conflict` when the account's status leaves no place for it; `verification_incomplete`
 */
export async function reviewAccount(
  context: RequestContext,
  accountId: string,
  verdict: Verdict,
  reason: string | null = null,
  waive: readonly WaivableKind[] = [],
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
    if (verdict === 'approve') {
      await requireSteps(tx, reason === null ? undefined : { kinds: waive, reason })
      await vouchForOwners(tx)
    }
    const step = reviewed[status]
    if (step !== undefined) await moveStep(tx, 'operator_review', step, reason)
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

/** Whoever opens another account with the address of an owner takes no login from an account that the operator has let in. */
async function vouchForOwners(tx: Context): Promise<void> {
  const unproven = await tx.db.user.findMany({
    where: { ...tx.scope, role: 'owner', status: 'active', emailVerifiedAt: null },
    select: { id: true, email: true },
  })
  for (const owner of unproven) await proveLogin(tx, owner)
}
