import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { getCampaign } from './read-campaigns.ts'

/** Only a draft can be deleted: what was sent stays on record. */
export async function deleteCampaign(context: Context, id: string): Promise<void> {
  await transaction(context, async (tx) => {
    const { count } = await tx.db.campaign.deleteMany({ where: { ...tx.scope, id, status: 'draft' } })
    if (count === 0)
      throw new DomainError('campaign_not_draft', { detail: `It is ${(await getCampaign(tx, id)).status}.` })
    await recordAudit(tx, { target: { type: 'campaign', id } })
  })
}
