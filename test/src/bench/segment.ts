import { createSegment } from '@envoi/core/segments/save-segment'
import { countContacts, listSegmentContacts } from '@envoi/core/segments/segment-contacts'
import type { SegmentRule } from '@envoi/openapi'
import { type Bench, exponent, type Measure, medianOf, seconds } from './bench.ts'
import type { BenchDatabases } from './database.ts'
import { peakMemoryOf } from './http-load.ts'
import { draftCampaign, openScene, type Scene } from './scene.ts'

/** Who opened or clicked lately, counted and listed. */
export const segmentBench: Bench = {
  name: 'segment',
  against: 'EXISTS over the events, for the same answer',
  async run({ quick, databases }) {
    const sizes = quick ? [10_000] : [100_000, 1_000_000]
    const measures: Measure[] = []
    for (const size of sizes) measures.push(...(await measure(databases, size, quick ? 1 : 5)))
    const [small, , large] = measures
    if (small && large) {
      const grown = exponent(
        { size: sizes[0] ?? 1, seconds: 1 / small.ours },
        { size: sizes[1] ?? 1, seconds: 1 / large.ours },
      )
      large.note += `; exponent ${grown.toFixed(2)}`
    }
    return measures
  },
}

const rule: SegmentRule = {
  all: [
    { field: 'attributes.country', op: 'eq', value: 'FR' },
    { field: 'attributes.score', op: 'gte', value: 50 },
    { event: { type: 'message.opened', within: 'P30D' } },
    { not: { event: { type: 'message.clicked', within: 'P30D' } } },
  ],
}

const existsOverEvents = `
  select count(*)::integer as count from contact c
  where c.account_id = $1 and c.attributes ->> 'country' = 'FR' and (c.attributes ->> 'score')::numeric >= 50
    and exists (select from event e where e.account_id = $1 and e.contact_id = c.id and e.type = 'message.opened'
      and e.source = 'human' and e.occurred_at >= now() - interval '30 days')
    and not exists (select from event e where e.account_id = $1 and e.contact_id = c.id and e.type = 'message.clicked'
      and e.source = 'human' and e.occurred_at >= now() - interval '30 days')`

async function measure(databases: BenchDatabases, contacts: number, runs: number): Promise<Measure[]> {
  const scene = await openScene(databases)
  const { context, database } = scene
  try {
    await fill(scene, contacts)
    const found = await countContacts(context, rule)
    const { rows } = await database.run(existsOverEvents, [context.accountId])
    if (rows[0].count !== found || found === 0)
      throw new Error(`${found} contacts by the rule, ${rows[0].count} by their events`)
    const perSecond = (work: () => Promise<unknown>) => medianOf(runs, async () => 1 / (await seconds(work)))
    const limit = await perSecond(() => context.pool.query(existsOverEvents, [context.accountId]))
    const count = await perSecond(() => countContacts(context, rule))
    const { id } = await createSegment(context, { name: 'Lately', rule })
    const page = await perSecond(() => listSegmentContacts(context, id, { limit: 100 }))
    const peakMemory = await peakMemoryOf(process.pid)
    const size = `${contacts.toLocaleString('en')} contacts, ${(20 * contacts).toLocaleString('en')} events`
    return [
      {
        what: `count, ${size}`,
        ours: count.median,
        limit: limit.median,
        unit: '/s',
        goal: 4,
        peakMemory,
        note: `${(1000 / count.median).toFixed(0)} ms for ${found.toLocaleString('en')} contacts`,
      },
      {
        what: `first 100, ${size}`,
        ours: page.median,
        limit: limit.median,
        unit: '/s',
        peakMemory,
        note: `${(1000 / page.median).toFixed(1)} ms`,
      },
    ]
  } finally {
    await scene.close()
  }
}

/** Twenty events each, over three months; what contacts bear of them is rolled up as the ingestion does it. */
async function fill(scene: Scene, contacts: number): Promise<void> {
  const { context, database } = scene
  const campaignId = await draftCampaign(scene)
  await database.run(
    `insert into contact (account_id, id, email, attributes, origin_source, created_at, updated_at)
     select $1, md5(n::text)::uuid, n || '@example.com',
       jsonb_build_object('country', (array['FR', 'BE', 'CH', 'CA'])[1 + n % 4], 'score', n % 100), 'bench', now(), now()
     from generate_series(1, $2::integer) n`,
    [context.accountId, contacts],
  )
  await database.run(`select envoi_ensure_partitions(now() - interval '4 months', 5)`)
  await database.run(
    `insert into event (account_id, id, type, contact_id, campaign_id, link, source, reasons, occurred_at)
     select $1, (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7000' || '8' || substr(md5(n::text), 1, 15))::uuid,
       case when n % 5 = 0 then 'message.clicked' else 'message.opened' end,
       md5((n::bigint * 7919 % $3 + 1)::text)::uuid, $2, n % 10, 'human', '{}', at
     from generate_series(1, 20 * $3::integer) n,
       lateral (select now() - (n::bigint * 104729 % 90) * interval '1 day' - interval '1 hour' as at) dated`,
    [context.accountId, campaignId, contacts],
  )
  await database.run(
    `update contact
     set last_opened_at = rolled.opened, last_clicked_at = rolled.clicked
     from (
       select contact_id, max(occurred_at) filter (where type = 'message.opened') as opened,
         max(occurred_at) filter (where type = 'message.clicked') as clicked
       from event group by contact_id
     ) as rolled
     where contact.account_id = $1 and contact.id = rolled.contact_id`,
    [context.accountId],
  )
  await database.run('vacuum analyze')
}
