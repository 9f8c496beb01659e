import { Prisma } from '@envoi/prisma'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { type CampaignInput, refuseBoth, resolveParts } from './campaign-parts.ts'
import { getCampaign } from './read-campaigns.ts'

/** Merges a patch into a draft; once it has started nothing changes any more. */
export async function updateCampaign(
  context: Context,
  id: string,
  patch: CampaignInput,
  expectedVersion: number | undefined,
) {
  const parts = await resolveParts(context, patch)
  return transaction(context, async (tx) => {
    // what is checked together is what is there when it is written
    await tx.db.$queryRaw`
      select from campaign where account_id = ${tx.accountId}::uuid and id = ${id}::uuid for no key update`
    const before = await getCampaign(tx, id)
    if (before.status !== 'draft')
      throw new DomainError('campaign_not_draft', { detail: `It is ${before.status}.` })
    refuseBoth({
      segment: before.segmentId,
      lists: before.lists.map(({ listId }) => listId),
      template: before.templateId,
      content: before.content,
      ...patch,
    })
    const content =
      patch.content === undefined
        ? {}
        : { content: patch.content === null ? Prisma.DbNull : { ...patch.content } }
    const { count } = await tx.db.campaign.updateMany({
      where: { ...tx.scope, id, status: 'draft', version: expectedVersion },
      data: { ...parts, ...content, version: { increment: 1 }, updatedAt: tx.clock.now() },
    })
    if (count === 0) throw new DomainError('precondition_failed')
    if (patch.lists !== undefined) {
      await tx.db.campaignList.deleteMany({ where: { ...tx.scope, campaignId: id } })
      await tx.db.campaignList.createMany({
        data: patch.lists.map((listId) => ({ ...tx.scope, campaignId: id, listId })),
      })
    }
    await recordAudit(tx, { target: { type: 'campaign', id }, changed: Object.keys(patch) })
    return getCampaign(tx, id)
  })
}
