import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { getCampaign } from './read-campaigns.ts'

/** Only a draft that no segment asks for can be deleted: what was sent stays on record. */
export async function deleteCampaign(context: Context, id: string): Promise<void> {
  await transaction(context, async (tx) => {
    const { count } = await tx.db.campaign.deleteMany({ where: { ...tx.scope, id, status: 'draft' } })
    if (count === 0)
      throw new DomainError('campaign_not_draft', { detail: `It is ${(await getCampaign(tx, id)).status}.` })
    const [asked] = await tx.db.$queryRaw<unknown[]>`
      select 1 from segment
      where account_id = ${tx.accountId}::uuid
        and jsonb_path_exists(rule, '$.**.event.campaign ? (@ == $id)', jsonb_build_object('id', ${id}::text))
      limit 1`
    if (asked !== undefined) throw new DomainError('in_use', { detail: 'A segment asks for this campaign.' })
    await recordAudit(tx, { target: { type: 'campaign', id } })
  })
}
