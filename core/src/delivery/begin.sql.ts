import { Prisma, type TrackingMode } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { prepared } from '../prepared.ts'
import type { LaneRun } from './lane-run.ts'
import type { Delivery } from './open-delivery.ts'

/** After that long a hand-off is over, whatever became of it: the sum of the time-outs of SMTP is less. */
const HAND_OFF_MS = 30 * 60_000

/**
 * Marks the hand-off of messages as begun, durably, before a byte of them leaves: whoever finds a message `sending` after a
 * crash knows that it may have left. Only the holder of the lane's lease can: a run that was taken over begins nothing.
 * Answers the ids of those that may go on; the others have been cancelled, erased or claimed by another lane meanwhile.
 */
export async function beginHandOff(
  context: Context,
  { campaignId, idFrom, idTo }: Delivery,
  { jobId, attempt }: LaneRun,
  messages: readonly { id: string; claimId: string; mode: TrackingMode }[],
): Promise<Set<string>> {
  const { accountId } = context
  const now = context.clock.now()
  const { rows } = await context.pool.query<{ id: string }>(
    prepared(
      'begin-hand-off',
      Prisma.sql`
        update message
        set state = 'sending', attempts = message.attempts + 1, tracking_mode = given.mode::tracking_mode,
          claimed_until = ${new Date(now.getTime() + HAND_OFF_MS)}::timestamptz, state_at = ${now}::timestamptz
        from unnest(
          ${messages.map(({ id }) => id)}::uuid[],
          ${messages.map(({ claimId }) => claimId)}::uuid[],
          ${messages.map(({ mode }) => mode)}::text[]
        ) as given (id, claim_id, mode)
        where message.account_id = ${accountId}::uuid and message.id = given.id
          and message.id >= ${idFrom}::uuid and message.id < ${idTo}::uuid
          and message.campaign_id = ${campaignId}::uuid
          and message.claim_id = given.claim_id and message.state in ('queued', 'deferred')
          and exists (
            select from outbox
            where outbox.account_id = ${accountId}::uuid and outbox.id = ${jobId}::uuid
              and outbox.attempts = ${attempt}::integer and outbox.lease_until is not null
          )
        returning message.id`,
    ),
  )
  return new Set(rows.map(({ id }) => id))
}
