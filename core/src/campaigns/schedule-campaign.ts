import { recordAudit } from '../audit/record-audit.ts'
import { type Context, isTestMode } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { transaction } from '../transaction.ts'
import { preflightCampaign, refuseErrors } from './preflight.ts'
import { getCampaign } from './read-campaigns.ts'
import { refuseUnless, startCampaign } from './start-campaign.ts'

/** Plans the sending of a draft. What cannot be sent now is refused now; at that time everything is looked at anew. */
export async function scheduleCampaign(context: Context, id: string, at: Date) {
  if (at <= context.clock.now()) throw invalid('/at', 'must be in the future')
  const { campaign, findings } = await preflightCampaign(context, id)
  refuseUnless(campaign.status, 'draft')
  refuseErrors(findings)
  return transaction(context, async (tx) => {
    const { count } = await tx.db.campaign.updateMany({
      where: { ...tx.scope, id, status: 'draft' },
      data: {
        status: 'scheduled',
        statusReason: null,
        scheduledAt: at,
        testMode: isTestMode(tx),
        version: { increment: 1 },
        updatedAt: tx.clock.now(),
      },
    })
    if (count === 0) refuseUnless((await getCampaign(tx, id)).status, 'draft')
    await enqueue(tx, 'campaigns.start', { campaignId: id }, { runAt: at, dedupeKey: id })
    await recordAudit(tx, { target: { type: 'campaign', id }, changed: ['status', 'schedule'] })
    return getCampaign(tx, id)
  })
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
