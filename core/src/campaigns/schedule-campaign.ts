import { recordAudit } from '../audit/record-audit.ts'
import { type Context, isTestMode } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { transaction } from '../transaction.ts'
import { type CampaignWithCounts, getCampaign } from './read-campaigns.ts'
import { lookAt, startCampaign } from './start-campaign.ts'
import { approval, withoutApproval } from './take-snapshot.ts'

/**
 * Plans the sending of a draft, as it is now: content, sender and the rule of its audience. What cannot be sent now is refused now; at that
 * time everything is looked at anew.
 */
export async function scheduleCampaign(context: Context, id: string, at: Date): Promise<CampaignWithCounts> {
  if (at <= context.clock.now()) throw invalid('/at', 'must be in the future')
  const { campaign, snapshot } = await lookAt(context, id, 'draft')
  const scheduled = await transaction(context, async (tx) => {
    const { count } = await tx.db.campaign.updateMany({
      where: { ...tx.scope, id, status: 'draft', version: campaign.version },
      data: {
        ...approval(tx, snapshot),
        status: 'scheduled',
        statusReason: null,
        scheduledAt: at,
        testMode: isTestMode(tx),
        version: { increment: 1 },
        updatedAt: tx.clock.now(),
      },
    })
    if (count === 0) return null
    await enqueue(tx, 'campaigns.start', { campaignId: id }, { runAt: at, dedupeKey: id })
    await recordAudit(tx, { target: { type: 'campaign', id }, changed: ['status', 'schedule'] })
    return getCampaign(tx, id)
  })
  // it was edited while it was looked at, or started by another call
  return scheduled ?? scheduleCampaign(context, id, at)
}

/**
 * The time of a scheduled campaign has come. What has become unlawful or impossible meanwhile is not sent: the campaign is a
 * draft again, which says why.
 */
export async function startScheduled(context: Context, id: string): Promise<{ runAt: Date } | undefined> {
  const campaign = await context.db.campaign.findUnique({ where: { accountId_id: { ...context.scope, id } } })
  if (campaign?.status !== 'scheduled' || campaign.scheduledAt === null) return undefined
  if (campaign.scheduledAt > context.clock.now()) return { runAt: campaign.scheduledAt }
  try {
    await startCampaign(context, id, 'scheduled')
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    if (error.code === 'campaign_not_draft') return undefined
    await transaction(context, async (tx) => {
      await tx.db.campaign.updateMany({
        where: { ...tx.scope, id, status: 'scheduled' },
        data: {
          ...withoutApproval,
          status: 'draft',
          statusReason: error.code,
          scheduledAt: null,
          version: { increment: 1 },
          updatedAt: tx.clock.now(),
        },
      })
      await recordAudit(tx, { target: { type: 'campaign', id }, outcome: error.code, changed: ['status'] })
    })
  }
  return undefined
}
