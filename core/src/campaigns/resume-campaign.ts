import { recordAudit } from '../audit/record-audit.ts'
import { type Context, isTestMode } from '../context.ts'
import { DomainError } from '../errors.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { transaction } from '../transaction.ts'
import { getCampaign } from './read-campaigns.ts'

/** Goes on where it stood. Each message that is left is checked anew when it is claimed, and once more before it leaves. */
export async function resumeCampaign(context: Context, id: string) {
  return transaction(context, async (tx) => {
    const { count } = await tx.db.campaign.updateMany({
      where: { ...tx.scope, id, status: 'paused', ...(isTestMode(tx) ? { testMode: true } : {}) },
      data: { status: 'sending', statusReason: null, version: { increment: 1 }, updatedAt: tx.clock.now() },
    })
    const campaign = await getCampaign(tx, id)
    if (count === 0 && campaign.status === 'paused') throw new DomainError('campaign_live')
    if (count === 0) throw new DomainError('campaign_not_paused', { detail: `It is ${campaign.status}.` })
    if (campaign.frozenAt === null)
      await enqueue(tx, 'campaigns.freeze', { campaignId: id }, { dedupeKey: id })
    await enqueue(tx, 'campaigns.deliver', { campaignId: id, lane: 0 }, { dedupeKey: `${id}:0` })
    await recordAudit(tx, { target: { type: 'campaign', id }, changed: ['status'] })
    return campaign
  })
}
