/**
 * How many messages may still leave: a campaign's throttle and an account's daily quota, as token buckets in the database,
 * so that all workers draw from the same one. The row is locked for the time of one update, once per batch of messages.
 *
 * A throttle fills evenly and holds a minute's worth: 6,000 an hour leave as 100 a minute. A quota fills at midnight (UTC).
 * What was drawn and not used is given back; a crash between the two wastes it, which errs on the side of sending less.
 */
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'

export type Allowances = {
  dailyQuota: number | null
} & (
  | { throttle: null }
  /** Messages per hour. */
  | { throttle: number | null; campaignId: string }
)

export interface Granted {
  count: number
  /** When there will be more, if the count is less than was asked for. */
  nextAt: Date
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Not to wake up for each single message. */
const SHORTEST_WAIT_MS = 10_000

interface Bucket {
  name: string
  /** What is in it now, given what was in it then. */
  fill: (tokens: number, at: Date, now: Date) => number
  full: number
  /** When it will hold some more. */
  nextAt: (tokens: number, now: Date) => Date
}

/** Draws up to so many messages from all buckets that apply. */
export async function drawAllowance(context: Context, of: Allowances, wanted: number): Promise<Granted> {
  const buckets = bucketsOf(of)
  const now = context.clock.now()
  if (buckets.length === 0) return { count: wanted, nextAt: now }
  return transaction(context, async (tx) => {
    const levels: { bucket: Bucket; tokens: number }[] = []
    // in one order for all lanes: the campaign's, then the account's
    for (const bucket of buckets) levels.push({ bucket, tokens: await levelOf(tx, bucket, now) })
    const count = Math.min(wanted, ...levels.map(({ tokens }) => Math.floor(tokens)))
    for (const { bucket, tokens } of levels) {
      await tx.db.allowance.update({
        where: { accountId_name: { ...tx.scope, name: bucket.name } },
        data: { tokens: tokens - count, at: now },
      })
    }
    const waits = levels.map(({ bucket, tokens }) => bucket.nextAt(tokens - count, now).getTime())
    return { count, nextAt: new Date(Math.max(...waits)) }
  })
}

/** Puts back what was drawn for messages that did not leave. */
export async function returnAllowance(context: Context, of: Allowances, count: number): Promise<void> {
  const names = bucketsOf(of).map(({ name }) => name)
  if (count <= 0 || names.length === 0) return
  await context.db.allowance.updateMany({
    where: { ...context.scope, name: { in: names } },
    data: { tokens: { increment: count } },
  })
}

async function levelOf(tx: Context, bucket: Bucket, now: Date): Promise<number> {
  await tx.db.allowance.createMany({
    data: { ...tx.scope, name: bucket.name, tokens: bucket.full, at: now },
    skipDuplicates: true,
  })
  const rows = await tx.db.$queryRaw<{ tokens: number; at: Date }[]>`
    select tokens, at from allowance
    where account_id = ${tx.accountId}::uuid and name = ${bucket.name}
    for update`
  const row = rows[0]
  return row === undefined ? 0 : bucket.fill(row.tokens, row.at, now)
}

function bucketsOf(of: Allowances): Bucket[] {
  const { throttle, dailyQuota } = of
  const buckets: Bucket[] = []
  if (throttle !== null && 'campaignId' in of) {
    const { campaignId } = of
    const perMs = throttle / HOUR_MS
    const full = Math.max(1, throttle / 60)
    buckets.push({
      name: `campaign:${campaignId}`,
      full,
      fill: (tokens, at, now) => Math.min(full, tokens + Math.max(0, now.getTime() - at.getTime()) * perMs),
      nextAt: (tokens, now) =>
        new Date(
          now.getTime() + Math.max(Math.ceil((1 - tokens) / perMs), Math.min(SHORTEST_WAIT_MS, full / perMs)),
        ),
    })
  }
  if (dailyQuota !== null) {
    const dayOf = (instant: Date) => Math.floor(instant.getTime() / DAY_MS)
    buckets.push({
      name: 'day',
      full: dailyQuota,
      fill: (tokens, at, now) => (dayOf(at) < dayOf(now) ? dailyQuota : Math.min(tokens, dailyQuota)),
      nextAt: (tokens, now) => (tokens >= 1 ? now : new Date((dayOf(now) + 1) * DAY_MS)),
    })
  }
  return buckets
}
