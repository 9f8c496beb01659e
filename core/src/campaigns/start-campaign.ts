import { recordAudit } from '../audit/record-audit.ts'
import { type Context, isTestMode } from '../context.ts'
import { DomainError } from '../errors.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { transaction } from '../transaction.ts'
import { preflightCampaign, refuseErrors } from './preflight.ts'
import { type CampaignWithCounts, getCampaign } from './read-campaigns.ts'
import { approval, audienceOf, closedAudience, contentOf, takeSnapshot } from './take-snapshot.ts'

/**
 * Moves a campaign out of a state into `sending`: a draft with what it holds now, a scheduled one with what was approved. Only
 * the call that moves it does the work; the audience is frozen by the job `campaigns.freeze`.
 */
export async function startCampaign(
  context: Context,
  id: string,
  from: 'draft' | 'scheduled',
): Promise<CampaignWithCounts> {
  const { campaign, snapshot } = await lookAt(context, id, from)
  const moved = await transaction(context, async (tx) => {
    const now = tx.clock.now()
    const { count } = await tx.db.campaign.updateMany({
      where: { ...tx.scope, id, status: from, version: campaign.version },
      data: {
        status: 'sending',
        statusReason: null,
        startedAt: now,
        // of a scheduled one it was decided when it was scheduled
        ...(from === 'draft'
          ? { ...approval(tx, snapshot), testMode: isTestMode(context) }
          : { snapshot: snapshot as object }),
        version: { increment: 1 },
        updatedAt: now,
      },
    })
    if (count === 0) return null
    await enqueue(tx, 'campaigns.freeze', { campaignId: id }, { dedupeKey: id })
    await recordAudit(tx, { target: { type: 'campaign', id }, changed: ['status'] })
    return getCampaign(tx, id)
  })
  // it was edited while it was looked at, or started by another call
  return moved ?? startCampaign(context, id, from)
}

/** What would be sent, or was approved; refuses what must not leave. */
export async function lookAt(context: Context, id: string, expected: 'draft' | 'scheduled') {
  const { campaign, findings, compiled } = await preflightCampaign(context, id)
  refuseUnless(campaign.status, expected)
  refuseErrors(findings)
  const content = contentOf(campaign)
  const audience = audienceOf(campaign)
  if (content === null || compiled === null || audience === null) throw new DomainError('invalid')
  const snapshot = takeSnapshot(campaign, content, compiled, await closedAudience(context, audience))
  return { campaign, snapshot }
}

export function refuseUnless(status: string, expected: string): void {
  if (status !== expected) throw new DomainError('campaign_not_draft', { detail: `It is ${status}.` })
}
