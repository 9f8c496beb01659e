import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { lockAccount } from '../users/lock-account.ts'

export const dayMs = 24 * 3_600_000

interface Limited {
  /** Named after what is counted, as `users.invite`. */
  kind: string
  /** So many within 24 hours. */
  limit: number
  /** What they are, for who is refused: `invitations`. */
  what: string
  /** How many at once; 1 unless said. */
  amount?: number
}

/**
 * Counts an act of an account in trial against its limit of the last 24 hours, by the platform's clock. Acts are counted, not the rows
 * that they made: those can be deleted, and made again. Of two at once, the second is judged by what the first has left.
 *
 * @throws DomainError `trial_restricted`: nothing was counted
 */
export async function countTrialAct(tx: Context, { kind, limit, what, amount = 1 }: Limited): Promise<void> {
  await lockAccount(tx)
  const now = tx.clock.now()
  const { _sum } = await tx.db.limitedAct.aggregate({
    where: { ...tx.scope, kind, at: { gt: new Date(now.getTime() - dayMs) } },
    _sum: { amount: true },
  })
  if ((_sum.amount ?? 0) + amount > limit)
    throw new DomainError('trial_restricted', {
      detail: `A trial account has ${limit} ${what} in 24 hours at most, deleted ones included: nothing was written.`,
    })
  await tx.db.limitedAct.create({ data: { ...tx.scope, id: tx.newId(), kind, amount, at: now } })
}
