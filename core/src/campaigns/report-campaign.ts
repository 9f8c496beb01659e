import { inspectContent } from '../content/run-content.ts'
import type { Context } from '../context.ts'
import { lowestIdAt } from '../ids.ts'
import { getCampaign } from './read-campaigns.ts'
import type { Snapshot } from './snapshot.ts'

/** How often something was done, by whom, and by how many recipients who are known; machines left out of these. */
export interface Activity {
  total: number
  human: number
  unknown: number
  machine: number
  recipients: number
}

interface Row extends Activity {
  type: 'message.opened' | 'message.clicked'
  /** null: on all links together. */
  link: number | null
}

/** What became of a campaign's messages, and what was done with them: raw figures beside those without machines. */
export async function reportCampaign(context: Context, id: string) {
  const campaign = await getCampaign(context, id)
  const rows = campaign.startedAt === null ? [] : await countActivity(context, id, campaign.startedAt)
  const erased = campaign.erasedEvents as Record<string, number>
  const activity = (type: Row['type'], recipients = 0): Activity => {
    const found = rows.find((row) => row.type === type && row.link === null)
    const of = (source: 'human' | 'unknown' | 'machine') =>
      (found?.[source] ?? 0) + (erased[`${type}:${source}`] ?? 0)
    const [human, unknown, machine] = [of('human'), of('unknown'), of('machine')]
    return { total: human + unknown + machine, human, unknown, machine, recipients }
  }
  const urls = await linksOf(context, campaign.snapshot as unknown as Snapshot | null)
  return {
    campaign,
    opens: activity('message.opened', campaign.counts.opened),
    clicks: activity('message.clicked', campaign.counts.clicked),
    links: rows.flatMap(({ type: _, link, ...clicks }) =>
      link === null ? [] : [{ link, url: urls[link] ?? null, clicks }],
    ),
  }
}

function countActivity(context: Context, id: string, startedAt: Date): Promise<Row[]> {
  return context.db.$queryRaw<Row[]>`
    select type, link, count(*)::int as total,
           count(*) filter (where source = 'human')::int as human,
           count(*) filter (where source = 'unknown')::int as unknown,
           count(*) filter (where source = 'machine')::int as machine,
           count(distinct contact_id) filter (where source <> 'machine')::int as recipients
    from event
    where account_id = ${context.accountId}::uuid and campaign_id = ${id}::uuid
      and event.id >= ${lowestIdAt(startedAt)}::uuid and type in ('message.opened', 'message.clicked')
    group by grouping sets ((type), (type, link))
    -- an open is on no link: its sum alone is wanted
    having grouping(link) = 1 or link is not null
    order by type, link`
}

/** The addresses of the links, as the author wrote them; by their index. */
async function linksOf(context: Context, snapshot: Snapshot | null): Promise<string[]> {
  if (snapshot === null) return []
  const { links } = await inspectContent(context, { ...snapshot.content, mjml: null })
  return links.map(({ href, target }) => target ?? href)
}
