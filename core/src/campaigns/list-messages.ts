import type { MessageState } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { messageIdRange } from '../delivery/message-id.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'

/** The messages of a campaign, one per contact of its audience. Their ids lie side by side, so a page is a range of the primary key. */
export async function listCampaignMessages(
  context: Context,
  campaignId: string,
  query: PageRequest & { state?: MessageState; reason?: string },
) {
  const campaign = await context.db.campaign.findUnique({
    where: { accountId_id: { ...context.scope, id: campaignId } },
    select: { startedAt: true },
  })
  if (campaign === null) throw new DomainError('not_found')
  const { state, reason } = query
  const { startedAt } = campaign
  return paginate(context, query, { campaignId, state, reason }, async ({ where, ...page }) => {
    if (startedAt === null) return []
    const { idFrom, idTo } = messageIdRange(startedAt)
    return context.db.message.findMany({
      ...page,
      where: { ...context.scope, campaignId, state, reason, id: { gte: idFrom, lt: where.id?.lt ?? idTo } },
    })
  })
}
