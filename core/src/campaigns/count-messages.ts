import type { Context } from '../context.ts'
import { messageIdRange } from '../delivery/message-id.ts'

/** Messages by state, and by `state:reason` for those left out, deferred or failed. */
export type MessageCounts = Record<string, number>

interface Row {
  campaign_id: string
  state: string
  reason: string | null
  messages: bigint
}

/**
 * Figures of campaigns, one per campaign in the same order. Messages erased with their contact still count. The ids of a
 * campaign's messages lie side by side: other campaigns, and other months, are not looked at.
 */
export async function countMessages(
  context: Context,
  campaigns: { id: string; startedAt: Date | null; erasedCounts: unknown }[],
): Promise<MessageCounts[]> {
  const started = campaigns.flatMap(({ id, startedAt }) =>
    startedAt === null ? [] : [{ id, ...messageIdRange(startedAt) }],
  )
  const rows = await context.db.$queryRaw<Row[]>`
    select campaign.id as campaign_id, figure.state, figure.reason, figure.messages
    from unnest(
      ${started.map(({ id }) => id)}::uuid[],
      ${started.map(({ idFrom }) => idFrom)}::uuid[],
      ${started.map(({ idTo }) => idTo)}::uuid[]
    ) as campaign (id, id_from, id_to)
    cross join lateral (
      select state::text, reason, count(*) as messages
      from message
      where account_id = ${context.accountId}::uuid and campaign_id = campaign.id
        and message.id >= campaign.id_from and message.id < campaign.id_to
      group by state, reason
    ) as figure`
  return campaigns.map(({ id, erasedCounts }) => {
    const counts: MessageCounts = { ...(erasedCounts as MessageCounts) }
    for (const { campaign_id, state, reason, messages } of rows) {
      if (campaign_id !== id) continue
      for (const key of reason === null ? [state] : [state, `${state}:${reason}`])
        counts[key] = (counts[key] ?? 0) + Number(messages)
    }
    return counts
  })
}

/** How many messages there are for each reason, whatever their state: one that was put off for it may have failed for it later. */
export function countReasons(counts: MessageCounts): Record<string, number> {
  const reasons: Record<string, number> = {}
  for (const [key, messages] of Object.entries(counts)) {
    const [, reason] = key.split(':')
    if (reason !== undefined) reasons[reason] = (reasons[reason] ?? 0) + messages
  }
  return reasons
}
