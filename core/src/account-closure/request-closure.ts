import { provePassword, proveSecondFactor } from '../access/prove-again.ts'
import { getAccount } from '../accounts/read-accounts.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { recordClosure } from '../records/record-rows.ts'
import { hasSecondFactor } from '../totp/has-second-factor.ts'
import { transaction } from '../transaction.ts'
import { requestAdminMails } from '../user-mails/request-user-mail.ts'
import { lockAccount } from '../users/lock-account.ts'
import { after, coolingPeriod } from './periods.ts'
import { requireOwner } from './require-owner.ts'
import { stopCampaigns } from './stop-campaigns.ts'

/**
 * Begins to close the account: it may be read, exported and called back for the cooling period, and nothing else. Only an owner can,
 * who types its name and proves anew to be that user: with the second factor of who has one, else with the password.
 *
 * @throws DomainError `permission_missing` to who is no owner; `invalid` where the name or the proof is wrong; `rate_limited` after
 * some wrong proofs; `account_closing` when another request was first
 */
export async function requestClosure(
  context: Context,
  { confirm, password, totp }: { confirm: string; password?: string; totp?: string },
) {
  const userId = await requireOwner(context)
  const { name, status } = await getAccount(context)
  if (status === 'closing') throw new DomainError('account_closing')
  // first, since a code that was looked at is used up
  if (confirm !== name) throw invalid('/confirm', 'is not the name of the account, letter for letter')
  if (await hasSecondFactor(context, userId)) {
    if (totp === undefined) throw invalid('/totp', 'is needed: you have a second factor')
    await proveSecondFactor(context, totp)
  } else {
    if (password === undefined) throw invalid('/password', 'is needed: you have no second factor')
    await provePassword(context, password)
  }
  return transaction(context, async (tx) => {
    await lockAccount(tx)
    await requireOwner(tx)
    const account = await getAccount(tx)
    if (account.status !== 'trial' && account.status !== 'active')
      throw new DomainError(account.status === 'closing' ? 'account_closing' : 'account_suspended')
    const now = tx.clock.now()
    await tx.db.account.update({
      where: { id: tx.accountId },
      data: {
        status: 'closing',
        statusBefore: account.status,
        version: { increment: 1 },
        updatedAt: now,
      },
    })
    const closure = await tx.db.accountClosure.create({
      data: {
        ...tx.scope,
        id: tx.newId(),
        requestedAt: now,
        requestedBy: userId,
        closesAt: after(now, coolingPeriod),
      },
    })
    await recordClosure(tx, closure.id)
    const campaigns = await stopCampaigns(tx)
    await requestAdminMails(tx, 'account.closure', { step: 'requested', closure: closure.id })
    await recordAudit(tx, {
      target: { type: 'account', id: tx.accountId },
      changed: ['status'],
      counts: { campaigns },
    })
    return closure
  })
}
