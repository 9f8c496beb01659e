import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { getCampaign } from './read-campaigns.ts'

/** Messages whose hand-off has begun are finished; each worker looks at the state before it begins the next ones. */
export async function pauseCampaign(context: Context, id: string) {
  return transaction(context, async (tx) => {
    const { count } = await tx.db.campaign.updateMany({
      where: { ...tx.scope, id, status: 'sending' },
      data: { status: 'paused', statusReason: null, version: { increment: 1 }, updatedAt: tx.clock.now() },
    })
    const campaign = await getCampaign(tx, id)
    if (count === 0) throw new DomainError('campaign_not_sending', { detail: `It is ${campaign.status}.` })
    await recordAudit(tx, { target: { type: 'campaign', id }, changed: ['status'] })
    return campaign
  })
}
