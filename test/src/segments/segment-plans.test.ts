/** How Postgres carries out the rules that segments are usually made of, on a table large enough for its plans to matter. */
import { asSystem, type Context } from '@envoi/core'
import { compileRule } from '@envoi/core/segments/compile-rule'
import type { SegmentRule } from '@envoi/openapi'
import { Prisma } from '@envoi/prisma'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../support/platform.ts'
import { createWorld, type World } from './people.ts'

const contacts = 100_000
const events = 200_000

let platform: TestPlatform
let world: World
let context: Context

beforeAll(async () => {
  platform = await createTestPlatform()
  world = await createWorld(platform)
  context = asSystem(platform, world.accountId, 'test')
  const { direct: pool } = platform
  const ids = [world.accountId, world.campaigns[0]]
  await pool.query(
    `insert into contact (account_id, id, email, attributes, origin_source, objections, last_sent_at, last_opened_at, last_clicked_at, created_at, updated_at)
     select $1, md5(n::text)::uuid, n || '@example.com',
            jsonb_build_object('country', (array['FR', 'BE'])[1 + n % 2], 'score', n % 100), 'test', '{}', now(),
            case when n % 3 = 0 then now() - n % 90 * interval '1 day' end,
            case when n % 7 = 0 then now() - n % 90 * interval '1 day' end, now(), now()
     from generate_series(1, ${contacts}) n`,
    ids.slice(0, 1),
  )
  await pool.query(`select envoi_ensure_partitions(now() - interval '3 months', 3)`)
  // three months of events, in partitions by month; ids by the time they happened
  await pool.query(
    `insert into event (account_id, id, type, contact_id, campaign_id, link, source, reasons, occurred_at)
     select $1, (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7000' || '8' || substr(md5(n::text), 1, 15))::uuid,
            case when n % 4 = 0 then 'message.clicked' else 'message.opened' end, md5((n::bigint * 7919 % ${contacts} + 1)::text)::uuid,
            $2, n % 10, 'human', '{}', at
     from generate_series(1, ${events}) n, lateral (select now() - n % 90 * interval '1 day' as at) dated`,
    ids,
  )
  await pool.query('analyze contact')
  await pool.query('analyze event')
}, 120_000)

afterAll(() => platform.close())

interface Plan {
  'Relation Name'?: string
  'Node Type': string
  'Actual Loops': number
  Plans?: Plan[]
}

async function explain(rule: SegmentRule) {
  const condition = await compileRule(context, rule)
  const query = Prisma.sql`explain (analyze, format json) select count(*) from contact c where ${condition}`
  const [row] =
    await platform.db.$queryRaw<{ 'QUERY PLAN': { Plan: Plan; 'Execution Time': number }[] }[]>(query)
  const { Plan: plan, 'Execution Time': time } = row?.['QUERY PLAN'][0] ?? {
    Plan: undefined,
    'Execution Time': 0,
  }
  const nodes: Plan[] = []
  const visit = (node: Plan) => {
    nodes.push(node)
    node.Plans?.forEach(visit)
  }
  if (plan) visit(plan)
  const scans = (table: string) =>
    nodes.filter((node) => node['Relation Name']?.startsWith(table) && node['Actual Loops'] > 0)
  return { time, scans, nodes }
}

test('whether somebody opened or clicked lately is read off the contact, without a look at the events', async () => {
  const { scans, time } = await explain({
    all: [
      { field: 'attributes.country', op: 'eq', value: 'FR' },
      { field: 'attributes.score', op: 'gte', value: 50 },
      { event: { type: 'message.opened', within: 'P30D' } },
      { not: { event: { type: 'message.clicked', within: 'P30D' } } },
    ],
  })
  expect(scans('event')).toEqual([])
  expect(scans('contact')).toHaveLength(1)
  // some 40 ms here; a search of the events for each contact takes seconds
  expect(time).toBeLessThan(1_000)
})

test('what the contact does not hold is looked up in one pass over the events, not once per contact', async () => {
  const clicked: SegmentRule = {
    event: { type: 'message.clicked', campaign: world.campaigns[0] ?? '', link: 4, within: 'P30D' },
  }
  for (const rule of [clicked, { not: clicked }]) {
    const { scans, nodes } = await explain(rule)
    expect(scans('event').every((node) => node['Actual Loops'] < 10)).toBe(true)
    expect(nodes.some((node) => /Join|Loop/.test(node['Node Type']))).toBe(true)
  }
})

test('a duration leaves out the months before it', async () => {
  const { rows } = await platform.direct.query<{ partitions: number }>(
    `select count(*)::int as partitions from pg_inherits where inhparent = 'event'::regclass`,
  )
  const scanned = async (within?: string) =>
    (await explain({ event: { type: 'contact.unsubscribed', within } })).scans('event').length
  expect(await scanned('P1D')).toBeLessThan(await scanned())
  expect(rows[0]?.partitions).toBeGreaterThan(1)
})

test('the time is a fraction of that of a search of the events for the same answer', async () => {
  const rolledUp: SegmentRule = { event: { type: 'message.opened', within: 'P30D' } }
  const searched: SegmentRule = { event: { type: 'message.opened', within: 'P30D', count: { gte: 2 } } }
  const fast = Math.min((await explain(rolledUp)).time, (await explain(rolledUp)).time)
  const slow = Math.min((await explain(searched)).time, (await explain(searched)).time)
  expect(fast / slow).toBeLessThan(0.25)
})
