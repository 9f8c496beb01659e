import type { Context } from '../context.ts'
import { lowestIdAt } from '../ids.ts'

interface Row {
  campaign_id: string
  opened: bigint
  clicked: bigint
  aggregate_opens: bigint
  aggregate_clicks: bigint
  unsubscribed: bigint
}

/**
 * What recipients did, per campaign in the same order; machines left out. People who were erased since still count: their
 * events went with them, but for these figures. Nothing happened to a campaign before it started, so older months are not looked at.
 */
export async function countEvents(
  context: Context,
  campaigns: { id: string; startedAt: Date | null; erasedEvents: unknown }[],
): Promise<Record<string, number>[]> {
  const started = campaigns.flatMap(({ id, startedAt }) =>
    startedAt === null ? [] : [{ id, idFrom: lowestIdAt(startedAt) }],
  )
  const rows = await context.db.$queryRaw<Row[]>`
    select campaign.id as campaign_id, figure.*
    from unnest(${started.map(({ id }) => id)}::uuid[], ${started.map(({ idFrom }) => idFrom)}::uuid[])
      as campaign (id, id_from)
    cross join lateral (
      select count(distinct contact_id) filter (where type = 'message.opened') as opened,
             count(distinct contact_id) filter (where type = 'message.clicked') as clicked,
             count(*) filter (where type = 'message.opened' and contact_id is null) as aggregate_opens,
             count(*) filter (where type = 'message.clicked' and contact_id is null) as aggregate_clicks,
             count(distinct contact_id) filter (where type = 'contact.unsubscribed') as unsubscribed
      from event
      where account_id = ${context.accountId}::uuid and campaign_id = campaign.id
        and event.id >= campaign.id_from and source <> 'machine'
    ) as figure`
  return campaigns.map(({ id, erasedEvents }) => {
    const row = rows.find(({ campaign_id }) => campaign_id === id)
    const erased = (type: string) => (erasedEvents as Record<string, number>)[type] ?? 0
    return {
      opened: Number(row?.opened ?? 0) + erased('message.opened'),
      clicked: Number(row?.clicked ?? 0) + erased('message.clicked'),
      aggregateOpens: Number(row?.aggregate_opens ?? 0),
      aggregateClicks: Number(row?.aggregate_clicks ?? 0),
      unsubscribed: Number(row?.unsubscribed ?? 0) + erased('contact.unsubscribed'),
    }
  })
}
