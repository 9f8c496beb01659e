import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { prepared } from '../prepared.ts'
import type { Claimed } from './claim.sql.ts'
import type { Delivery } from './open-delivery.ts'
import type { Result } from './result.ts'
import { strikeOff } from './strike-off.sql.ts'

/** Of a message under a claim. */
export type MessageResult = Result & Pick<Claimed, 'claimId'>

/**
 * Writes down how hand-offs ended, many at once. Only what is still under the claim it was taken by is touched: a message that
 * was given up as `unknown` meanwhile is put right when its outcome is known after all; one that was claimed anew, were it by
 * the next run of the same job, is left alone. So a worker that slept through its lease cannot put back what another is
 * sending, and a write that is repeated, since its answer was lost, changes nothing the second time.
 * An address that does not exist is struck off in the same statement, if the contact still bears it.
 */
export async function recordResults(
  context: Context,
  { campaignId, idFrom, idTo }: Delivery,
  results: readonly MessageResult[],
): Promise<void> {
  const { accountId } = context
  const now = context.clock.now()
  const column = <T>(value: (result: MessageResult) => T) => results.map(value)
  const dead = results.flatMap(({ deadAddress, contactId }) =>
    deadAddress === null ? [] : [{ contactId, email: deadAddress }],
  )
  await context.pool.query(
    prepared(
      'record-results',
      Prisma.sql`
        with ${strikeOff(context, dead)}
        update message
        set
          state = case
            when result.state <> 'released' then result.state::message_state
            when message.reason is null then 'queued'
            else 'deferred'
          end,
          reason = case when result.state = 'released' then message.reason else result.reason end,
          smtp_code = coalesce(result.smtp_code, case when result.state = 'released' then message.smtp_code end),
          enhanced_code = coalesce(result.enhanced_code, case when result.state = 'released' then message.enhanced_code end),
          -- counted when the hand-off begins: taken back when it was none, added when it ended before that
          attempts = message.attempts - (message.state = 'sending' and not result.is_attempt)::integer
            + (message.state in ('queued', 'deferred') and result.is_attempt)::integer,
          first_attempt_at = case
            when result.state = 'deferred' and result.is_attempt
            then coalesce(message.first_attempt_at, ${now}::timestamptz)
            else message.first_attempt_at
          end,
          next_attempt_at = coalesce(result.next_attempt_at, message.next_attempt_at),
          tracking_mode = case when result.is_attempt then message.tracking_mode end,
          sent_at = case when result.state = 'sent' then ${now}::timestamptz end,
          state_at = ${now}::timestamptz,
          claimed_by = case when result.state = 'unknown' then message.claimed_by end,
          claim_id = null,
          claimed_until = null
        from unnest(
          ${column(({ id }) => id)}::uuid[],
          ${column(({ claimId }) => claimId)}::uuid[],
          ${column(({ state }) => state)}::text[],
          ${column(({ reason }) => reason)}::text[],
          ${column(({ code }) => code)}::integer[],
          ${column(({ enhancedCode }) => enhancedCode)}::text[],
          ${column(({ nextAttemptAt }) => nextAttemptAt)}::timestamptz[],
          ${column(({ isAttempt }) => isAttempt)}::boolean[]
        ) as result (id, claim_id, state, reason, smtp_code, enhanced_code, next_attempt_at, is_attempt)
        where message.account_id = ${accountId}::uuid and message.id = result.id
          and message.id >= ${idFrom}::uuid and message.id < ${idTo}::uuid
          and message.claim_id = result.claim_id
          -- what was given up is not to be sent after all when nobody sends this campaign any more
          and (
            message.state <> 'unknown' or result.state not in ('released', 'deferred')
            or exists (
              select from campaign
              where campaign.account_id = ${accountId}::uuid and campaign.id = ${campaignId}::uuid
                and campaign.status in ('sending', 'paused')
            )
          )
          and message.state in ('queued', 'deferred', 'sending', 'unknown')`,
    ),
  )
}
