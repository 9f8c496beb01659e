import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import type { Delivery } from './open-delivery.ts'
import { rollUpSends } from './roll-up-sends.ts'

/** Lanes are looked after at least that often, should one of them have died. One that ends says so. */
const LOOK_AGAIN_MS = 30_000
/** What is due now and was not to be had is in somebody's hands for a moment. */
const SHORTLY_MS = 1_000

/**
 * When nothing is left to hand over: the campaign is sent, and this answers null; or something waits for its time or is in
 * the hands of another lane, and this answers when to look again.
 */
export async function completeCampaign(
  context: Context,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<Date | null> {
  const { campaignId, idFrom, idTo } = delivery
  const now = context.clock.now()
  const [left] = await context.db.$queryRaw<{ in_hand: boolean; next_at: Date | null; frozen: boolean }[]>`
    select
      exists (
        select from message
        where account_id = ${context.accountId}::uuid and campaign_id = ${campaignId}::uuid and state = 'sending'
          and id >= ${idFrom}::uuid and id < ${idTo}::uuid
      ) as in_hand,
      (
        select greatest(next_attempt_at, coalesce(claimed_until, next_attempt_at)) as next_at
        from message
        where account_id = ${context.accountId}::uuid and campaign_id = ${campaignId}::uuid
          and state in ('queued', 'deferred') and id >= ${idFrom}::uuid and id < ${idTo}::uuid
        order by next_at
        limit 1
      ) as next_at,
      (
        select frozen_at is not null from campaign
        where account_id = ${context.accountId}::uuid and id = ${campaignId}::uuid
      ) as frozen`
  const after = (milliseconds: number) => new Date(now.getTime() + milliseconds)
  // while the freeze goes on, each of its batches wakes this lane
  if (left === undefined || left.in_hand || !left.frozen) return after(LOOK_AGAIN_MS)
  if (left.next_at !== null) return new Date(Math.max(left.next_at.getTime(), after(SHORTLY_MS).getTime()))
  await rollUpSends(context, delivery, signal)
  await transaction(context, async (tx) => {
    const { count } = await tx.db.campaign.updateMany({
      where: { ...tx.scope, id: campaignId, status: 'sending', frozenAt: { not: null } },
      data: { status: 'sent', completedAt: now, version: { increment: 1 }, updatedAt: now },
    })
    if (count === 1)
      await recordAudit(tx, { target: { type: 'campaign', id: campaignId }, changed: ['status'] })
  })
  return null
}
