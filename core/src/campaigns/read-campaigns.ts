import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type PageRequest, paginate } from '../pagination/paginate.ts'
import { countEvents } from './count-events.ts'
import { countMessages } from './count-messages.ts'

const parts = { purpose: { select: { key: true } }, lists: { select: { listId: true } } } as const

type Status = 'draft' | 'scheduled' | 'sending' | 'paused' | 'sent' | 'cancelled'

export async function listCampaigns(context: Context, query: PageRequest & { status?: Status }) {
  const { status } = query
  const result = await paginate(context, query, { status }, (page) =>
    context.db.campaign.findMany({
      ...page,
      where: { ...context.scope, ...page.where, status },
      include: parts,
    }),
  )
  const counts = await figures(context, result.data)
  return {
    ...result,
    data: result.data.map((campaign, index) => ({ ...campaign, counts: counts[index] ?? {} })),
  }
}

/** A campaign with its purpose, its lists and its figures. */
export async function getCampaign(context: Context, id: string) {
  const campaign = await context.db.campaign.findUnique({
    where: { accountId_id: { ...context.scope, id } },
    include: parts,
  })
  if (campaign === null) throw new DomainError('not_found')
  const [counts = {}] = await figures(context, [campaign])
  return { ...campaign, counts }
}

export type CampaignWithCounts = Awaited<ReturnType<typeof getCampaign>>

async function figures(
  context: Context,
  campaigns: { id: string; startedAt: Date | null; erasedCounts: unknown; erasedEvents: unknown }[],
) {
  const [messages, events] = await Promise.all([
    countMessages(context, campaigns),
    countEvents(context, campaigns),
  ])
  return messages.map((counts, index) => ({ ...counts, ...events[index] }))
}
