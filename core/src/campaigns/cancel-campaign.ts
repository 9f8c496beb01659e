import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { messageIdRange } from '../delivery/message-id.ts'
import { rollUpSends } from '../delivery/roll-up-sends.ts'
import { DomainError } from '../errors.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { transaction } from '../transaction.ts'
import { getCampaign } from './read-campaigns.ts'

const BATCH = 10_000

/** What has not left will not; the messages are marked by the job `campaigns.cancel`. */
export async function cancelCampaign(context: Context, id: string) {
  return transaction(context, async (tx) => {
    const now = tx.clock.now()
    const { count } = await tx.db.campaign.updateMany({
      where: { ...tx.scope, id, status: { in: ['draft', 'scheduled', 'sending', 'paused'] } },
      data: {
        status: 'cancelled',
        statusReason: null,
        completedAt: now,
        version: { increment: 1 },
        updatedAt: now,
      },
    })
    const campaign = await getCampaign(tx, id)
    if (count === 0) throw new DomainError('campaign_over', { detail: `It is ${campaign.status}.` })
    if (campaign.startedAt !== null)
      await enqueue(tx, 'campaigns.cancel', { campaignId: id }, { dedupeKey: id })
    await recordAudit(tx, { target: { type: 'campaign', id }, changed: ['status'] })
    return campaign
  })
}

/**
 * Marks what is left of a cancelled campaign, and rolls up what has left. A message whose hand-off has begun is finished by the
 * lane that has it.
 */
export async function cancelMessages(
  context: Context,
  campaignId: string,
  { signal }: { signal: AbortSignal },
): Promise<void> {
  for (;;) {
    const cancelled = await context.db.$executeRaw`
      with left_over as (
        select message.id
        from message
        join campaign on campaign.account_id = message.account_id and campaign.id = message.campaign_id
        where message.account_id = ${context.accountId}::uuid and message.campaign_id = ${campaignId}::uuid
          and message.state in ('queued', 'deferred') and campaign.status = 'cancelled'
        limit ${BATCH}
        for update of message
      )
      update message
      set state = 'cancelled', reason = null, claimed_by = null, claim_id = null, claimed_until = null, state_at = ${context.clock.now()}
      from left_over
      where message.account_id = ${context.accountId}::uuid and message.id = left_over.id`
    if (cancelled < BATCH) break
    signal.throwIfAborted()
  }
  const campaign = await context.db.campaign.findUnique({
    where: { accountId_id: { ...context.scope, id: campaignId } },
    select: { startedAt: true },
  })
  const startedAt = campaign?.startedAt ?? null
  if (startedAt !== null) await rollUpSends(context, { campaignId, ...messageIdRange(startedAt) }, signal)
}
