import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { apart, transaction } from '../transaction.ts'
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
  if (await isTooMuch(tx, { kind, limit, amount }))
    throw new DomainError('trial_restricted', {
      detail: `A trial account has ${limit} ${what} in 24 hours at most, deleted ones included: nothing was written.`,
    })
}

/**
 * Counts a request of an account in trial, whatever becomes of it: what is refused has made work as well.
 *
 * @throws DomainError `trial_restricted`
 */
export async function countTrialRequest(
  context: Context,
  limited: Pick<Limited, 'kind' | 'limit'>,
): Promise<void> {
  if (await transaction(apart(context), (tx) => isTooMuch(tx, { ...limited, amount: 1 })))
    throw new DomainError('trial_restricted', {
      detail: `A trial account may ask for this ${limited.limit} times in 24 hours, refused requests included.`,
    })
}

/** Whether acts go beyond the limit; counts them unless they do. Those of an hour are one row, which ends when the last of them does. */
async function isTooMuch(
  tx: Context,
  { kind, limit, amount }: Required<Pick<Limited, 'kind' | 'limit' | 'amount'>>,
): Promise<boolean> {
  await lockAccount(tx)
  const now = tx.clock.now()
  const { _sum } = await tx.db.limitedAct.aggregate({
    where: { ...tx.scope, kind, subject: null, at: { gt: new Date(now.getTime() - dayMs) } },
    _sum: { amount: true },
  })
  if ((_sum.amount ?? 0) + amount > limit) return true
  const hour = Math.floor(now.getTime() / 3_600_000)
  await tx.db.$executeRaw`
    insert into limited_act as known (account_id, id, kind, amount, at)
    values (
      ${tx.accountId}::uuid, md5(${`${tx.accountId} ${kind} ${hour}`})::uuid, ${kind}, ${amount}::integer, ${now}::timestamptz
    )
    on conflict (account_id, id) do update set amount = known.amount + excluded.amount, at = excluded.at`
  return false
}
