/**
 * Guessing is slowed down (docs/decisions, "Guessing at logins is slowed down"): a few failures are free, then each is followed
 * by a delay twice as long as the one before, up to a quarter of an hour, and failures are forgiven one by one with time.
 *
 * An attempt is counted before it is judged and given back when it was good: of a hundred guesses at once no more go through than
 * of a hundred one after the other. What is refused during a delay is not judged, not even when it is right, and not counted:
 * or knocking would keep the door shut.
 *
 * Keys are HMACs. Neither an address of somebody unknown nor that of a network can be read from the table.
 */
import { createHmac } from 'node:crypto'
import { Prisma } from '@envoi/prisma'
import type { RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { apart, transaction } from '../transaction.ts'

/** How many failures are free, and after how long one is forgiven. */
export interface Patience {
  free: number
  forgivenAfterMs: number
}

export interface Bucket extends Patience {
  key: Uint8Array<ArrayBuffer>
}

/** An attempt that was let through: to be settled when it was good, to be left as it is when it was not. */
export interface Attempt {
  buckets: { key: Uint8Array<ArrayBuffer>; blockedUntil: Date }[]
}

export const longestDelayMs = 15 * 60_000
/** No delay. Long ago rather than now: of attempts at once, one may be counted after another one that began later. */
const unblocked = new Date(0)

export function bucket({ keys }: RequestContext, name: string, patience: Patience): Bucket {
  const key = createHmac('sha256', keys.derive('throttle')).update(name).digest()
  return { ...patience, key: new Uint8Array(key) }
}

/** Lets an attempt through, in all of the buckets or in none. @throws DomainError `rate_limited` during a delay */
export function takeAttempt(context: RequestContext, buckets: readonly Bucket[]): Promise<Attempt> {
  // a guess is counted whatever becomes of the request, and others do not wait until it is answered
  return transaction(apart(context), async (tx) => {
    const now = tx.clock.now()
    // a delay that ends later than any can was set by a clock that has been put right since
    const latest = new Date(now.getTime() + longestDelayMs)
    const taken: Attempt['buckets'] = []
    for (const { key, free, forgivenAfterMs } of buckets) {
      const [row] = await tx.db.$queryRaw<{ blockedUntil: Date }[]>`
        insert into login_throttle as known (key, level, level_at, blocked_until)
        values (${key}, 1, ${now}, ${unblocked})
        on conflict (key) do update
        set (level, level_at, blocked_until) = (
          select
            counted.level,
            ${now}::timestamptz,
            case
              when counted.level <= ${free}::integer then ${unblocked}::timestamptz
              else ${now}::timestamptz + least(
                power(2, least(ceil(counted.level) - ${free}::integer - 1, 20)) * interval '1 second',
                ${longestDelayMs}::integer * interval '1 millisecond'
              )
            end
          from (
            select 1 + greatest(0, known.level - forgiven) as level
            from greatest(0, extract(epoch from ${now}::timestamptz - known.level_at) * 1000 / ${forgivenAfterMs}::integer)
              as forgiven
          ) as counted
        )
        where known.blocked_until <= ${now}::timestamptz or known.blocked_until > ${latest}::timestamptz
        returning blocked_until as "blockedUntil"`
      if (row === undefined) throw await delayed(tx, key)
      taken.push({ key, blockedUntil: row.blockedUntil })
    }
    return { buckets: taken }
  })
}

async function delayed(tx: RequestContext, key: Uint8Array<ArrayBuffer>): Promise<DomainError> {
  const row = await tx.db.loginThrottle.findUnique({ where: { key } })
  const left = (row?.blockedUntil.getTime() ?? 0) - tx.clock.now().getTime()
  return new DomainError('rate_limited', {
    detail: 'Too many attempts have failed.',
    retryAfter: Math.max(1, Math.ceil(left / 1_000)),
  })
}

/** The attempt was no guess: it does not count, and sets no delay. */
export async function returnAttempt({ db }: RequestContext, { buckets }: Attempt): Promise<void> {
  for (const { key, blockedUntil } of buckets)
    await db.$executeRaw`
      update login_throttle
      set
        level = greatest(0, level - 1),
        blocked_until = case
          when blocked_until = ${blockedUntil}::timestamptz then ${unblocked}::timestamptz
          else blocked_until
        end
      where key = ${key}`
}

/** Forgives all failures that a bucket holds. */
export async function forgive(
  { db }: RequestContext,
  buckets: readonly Pick<Bucket, 'key'>[],
): Promise<void> {
  await db.$executeRaw`
    delete from login_throttle where key = any(${Prisma.sql`${buckets.map(({ key }) => key)}::bytea[]`})`
}
