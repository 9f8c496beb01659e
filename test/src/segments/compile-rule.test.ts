import { asSystem, type Context } from '@envoi/core'
import { checkRule, compileRule } from '@envoi/core/segments/compile-rule'
import { type SegmentRule, segmentRuleLimits } from '@envoi/openapi'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../support/platform.ts'
import { belongs, type Person } from './evaluate-rule.ts'
import { createWorld, nobody, savePeople, type World } from './people.ts'

const now = new Date('2026-11-23T12:00:00.000Z')
const absent = '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'

let platform: TestPlatform
let world: World
let context: Context
let people: Person[]
const segments = new Map<string, SegmentRule>()

beforeAll(async () => {
  platform = await createTestPlatform()
  platform.clock.stopAt(now)
  world = await createWorld(platform)
  context = asSystem(platform, world.accountId, 'test')
  people = crowd(world)
  await savePeople(platform, world, people)
  // the same people in another account: whatever they do must not show
  const other = await createWorld(platform)
  await savePeople(platform, other, crowd(other))
})

afterAll(() => platform.close())

async function select(rule: SegmentRule): Promise<string[]> {
  const condition = await compileRule(context, rule)
  const rows = await platform.db.$queryRaw<{ id: string }[]>`select c.id from contact c where ${condition}`
  return rows.map(({ id }) => id).sort()
}

async function saveSegment(rule: SegmentRule): Promise<string> {
  const id = platform.newId()
  await platform.db.segment.create({
    data: { ...context.scope, id, name: id, rule, createdAt: now, updatedAt: now },
  })
  segments.set(id, rule)
  return id
}

const day = 86_400_000
/** Instants on both sides of the durations that rules use, and on them. */
const instants = [0, 3_600_000, 7 * day, 30 * day - 1, 30 * day, 30 * day + 1, 90 * day, 400 * day].map(
  (ago) => new Date(now.getTime() - ago),
)
const texts = [
  'Ada',
  'ÉLISE',
  'élise',
  "O'Brien",
  'a%b',
  'a_b',
  'a\\b',
  '"; drop table contact; --',
  '$1',
  '=1+1',
  'é',
]

function crowd(world: World): Person[] {
  const sample = fc.sample(person(world), { numRuns: 120, seed: 11 })
  return sample.map((one, index) => ({ ...one, email: one.email && `p${index}@example.com` }))
}

function person(world: World): fc.Arbitrary<Person> {
  const instant = fc.constantFrom(...instants)
  const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: null, freq: 3 })
  const key = (name: string, some: fc.Arbitrary<string | number | boolean | string[]>) =>
    fc.option(
      some.map((value) => [name, value] as const),
      { nil: undefined, freq: 3 },
    )
  const attributes = fc
    .tuple(
      key('country', fc.constantFrom('FR', 'BE', 'a, "b"')),
      key('colours', fc.subarray(['red', 'blue', 'green'], { minLength: 1 })),
      key('score', fc.constantFrom(-1, 0, 0.1, 7, 7.5, 1e21)),
      key('vip', fc.boolean()),
      key('born', fc.constantFrom('1999-12-31', '2026-11-23', '2026-10-24', '2026-10-23')),
      key(
        'seen',
        instant.map((date) => date.toISOString()),
      ),
      key('note', fc.constantFrom(...texts)),
      key('site', fc.constantFrom('https://example.com/', 'https://example.org/É')),
    )
    .map((entries) => Object.fromEntries(entries.filter((entry) => entry !== undefined)))
  return fc.record({
    id: fc.uuid(),
    email: maybe(fc.constant('of its own')),
    firstName: maybe(fc.constantFrom(...texts)),
    tracking: fc.constantFrom('unknown', 'granted', 'refused', 'withdrawn'),
    restricted: fc.boolean(),
    objections: fc.subarray(['marketing', 'profiling']),
    createdAt: instant,
    lastEngagedAt: maybe(instant),
    attributes,
    lists: fc.subarray(world.lists),
    consents: fc.uniqueArray(
      fc.record({
        purpose: fc.constantFrom('newsletter', 'offers'),
        channel: fc.constantFrom('email', 'sms'),
        state: fc.constantFrom('pending', 'granted', 'refused', 'withdrawn'),
      }),
      { selector: ({ purpose, channel }) => purpose + channel, maxLength: 3 },
    ),
    messages: fc.array(fc.record({ campaign: fc.constantFrom(...world.campaigns), sentAt: maybe(instant) }), {
      maxLength: 4,
    }),
    events: fc.array(
      fc.record({
        type: fc.constantFrom('message.opened', 'message.clicked', 'contact.unsubscribed'),
        source: fc.constantFrom('human', 'machine', 'unknown'),
        campaign: maybe(fc.constantFrom(...world.campaigns)),
        link: maybe(fc.constantFrom(0, 1)),
        at: instant,
      }),
      { maxLength: 6 },
    ),
  })
}

function condition(): fc.Arbitrary<SegmentRule> {
  const field = (name: string, ops: string[], value: fc.Arbitrary<unknown>): fc.Arbitrary<SegmentRule> =>
    fc.oneof(
      fc.record({ field: fc.constant(name), op: fc.constantFrom(...ops), value }),
      fc.record({
        field: fc.constant(name),
        op: fc.constant('in'),
        value: fc.array(value, { minLength: 1, maxLength: 3 }),
      }),
      fc.record({ field: fc.constant(name), op: fc.constant('exists'), value: fc.constantFrom(true, false) }),
      fc.record({ field: fc.constant(name), op: fc.constant('exists') }),
    ) as fc.Arbitrary<SegmentRule>
  const words = fc.constantFrom(...texts, 'BRI', 'éL', 'b')
  const order = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte']
  const days = ['1999-12-31', '2026-11-23', '2026-10-24']
  const times = instants.map((date) => date.toISOString())
  const durations = fc.constantFrom('P7D', 'P30D', 'P365D', 'PT1H')
  const recent = (name: string) =>
    fc.record({ field: fc.constant(name), op: fc.constant('withinLast' as const), value: durations })
  const text = ['eq', 'ne', 'contains', 'startsWith']
  const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined, freq: 1 })
  const within = maybe(durations)
  const counted = maybe(fc.record({ gte: fc.integer({ min: 1, max: 3 }) }))
  const defined = <T extends object>(event: T) =>
    Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined))
  return fc.oneof(
    field('firstName', text, words),
    field('attributes.note', text, words),
    field('email', ['eq', 'ne', 'startsWith'], fc.constantFrom('P1@Example.com', 'p2@example.com')),
    field('attributes.country', ['eq', 'ne'], fc.constantFrom('FR', 'BE', 'a, "b"')),
    field('attributes.colours', ['contains'], fc.constantFrom('red', 'blue', 'green')),
    field('objections', ['contains'], fc.constantFrom('marketing', 'profiling')),
    field('tracking', ['eq', 'ne'], fc.constantFrom('unknown', 'granted')),
    field('attributes.score', order, fc.constantFrom(-1, 0, 0.1, 7, 8, 1e21)),
    field('attributes.born', [...order, 'before', 'after'], fc.constantFrom(...days)),
    field('attributes.seen', [...order, 'before', 'after'], fc.constantFrom(...times)),
    field('lastEngagedAt', [...order, 'before', 'after'], fc.constantFrom(...times)),
    fc.record({
      field: fc.constantFrom('attributes.vip', 'restricted'),
      op: fc.constantFrom('eq' as const, 'ne' as const),
      value: fc.boolean(),
    }),
    recent('lastEngagedAt'),
    recent('attributes.seen'),
    recent('attributes.born'),
    fc.record({
      consent: fc.record({
        purpose: fc.constantFrom('newsletter', 'offers'),
        channel: fc.constantFrom('email' as const, 'sms' as const),
        state: fc.constantFrom('pending' as const, 'granted' as const, 'withdrawn' as const),
      }),
    }),
    fc
      .record({
        type: fc.constantFrom('message.sent', 'message.opened', 'message.clicked', 'contact.unsubscribed'),
        campaign: maybe(fc.constantFrom(...world.campaigns)),
        within,
        count: counted,
      })
      .map((event) => ({ event: defined(event) }) as SegmentRule),
    fc
      .record({
        type: fc.constant('message.clicked'),
        campaign: fc.constantFrom(...world.campaigns),
        link: fc.constantFrom(0, 1),
        within,
        count: counted,
      })
      .map((event) => ({ event: defined(event) }) as SegmentRule),
    fc.record({ list: fc.constantFrom(...world.lists) }),
    fc.record({ segment: fc.constantFrom(...segments.keys()) }),
  )
}

function anyRule(): fc.Arbitrary<SegmentRule> {
  return fc.letrec<{ rule: SegmentRule }>((tie) => ({
    rule: fc.oneof(
      { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
      condition(),
      fc.record({ not: tie('rule') }),
      fc.record({ all: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('rule'), { minLength: 1, maxLength: 3 }) }),
    ),
  })).rule
}

test('any rule selects in SQL whom it selects when evaluated one by one, and nobody of another account', async () => {
  await saveSegment({ field: 'attributes.score', op: 'gte', value: 7 })
  const [nested = ''] = segments.keys()
  await saveSegment({ not: { any: [{ segment: nested }, { field: 'firstName', op: 'eq', value: 'Ada' }] } })
  let notTrivial = 0
  await fc.assert(
    fc.asyncProperty(anyRule(), async (rule) => {
      const expected = people.filter((one) => belongs(rule, one, now, segments)).map(({ id }) => id)
      if (expected.length > 0 && expected.length < people.length) notTrivial++
      expect(await select(rule)).toEqual(expected.sort())
    }),
    { numRuns: 250 },
  )
  expect(notTrivial).toBeGreaterThan(100)
}, 120_000)

describe('who has no value', () => {
  test('satisfies `ne`, `not` and the absence, and nothing else', async () => {
    const other = await createWorld(platform)
    const someone: Person = { ...nobody(), firstName: 'Ada', attributes: { score: 1 } }
    const empty = nobody()
    await savePeople(platform, other, [someone, empty])
    const within = asSystem(platform, other.accountId, 'test')
    const found = async (rule: SegmentRule) => {
      const condition = await compileRule(within, rule)
      const rows = await platform.db.$queryRaw<
        { id: string }[]
      >`select c.id from contact c where ${condition}`
      return rows.map(({ id }) => (id === empty.id ? 'nobody' : 'Ada')).sort()
    }
    expect(await found({ field: 'firstName', op: 'ne', value: 'Bob' })).toEqual(['Ada', 'nobody'])
    expect(await found({ not: { field: 'firstName', op: 'eq', value: 'Bob' } })).toEqual(['Ada', 'nobody'])
    expect(await found({ not: { field: 'attributes.score', op: 'lt', value: 1 } })).toEqual(['Ada', 'nobody'])
    expect(await found({ field: 'attributes.score', op: 'lt', value: 9 })).toEqual(['Ada'])
    expect(await found({ field: 'attributes.score', op: 'exists', value: false })).toEqual(['nobody'])
    expect(await found({ not: { not: { field: 'firstName', op: 'startsWith', value: 'a' } } })).toEqual([
      'Ada',
    ])
    expect(await found({ not: { event: { type: 'message.opened', within: 'P1D' } } })).toEqual([
      'Ada',
      'nobody',
    ])
  })
})

describe('a rule is refused with a pointer', () => {
  test.each<[SegmentRule, string, string]>([
    [{ field: 'attributes.nope', op: 'exists' }, '/rule/field', 'is not a declared field'],
    [{ all: [{ field: 'attributes.vip', op: 'gt', value: 1 }] }, '/rule/all/0/op', 'takes eq, ne, exists'],
    [{ not: { field: 'attributes.score', op: 'eq', value: '7' } }, '/rule/not/value', 'number is expected'],
    [{ field: 'attributes.score', op: 'in', value: [1, 'x'] }, '/rule/value', 'number is expected'],
    [{ field: 'attributes.country', op: 'eq', value: 'DE' }, '/rule/value', 'one of the choices'],
    [{ field: 'attributes.colours', op: 'eq', value: 'red' }, '/rule/op', 'takes contains, in, exists'],
    [{ field: 'attributes.born', op: 'before', value: '2026-02-30' }, '/rule/value', 'no such day'],
    [{ field: 'attributes.seen', op: 'withinLast', value: 'tomorrow' }, '/rule/value', 'ISO 8601 duration'],
    [{ field: 'email', op: 'gt', value: 'a' }, '/rule/op', 'takes eq, ne, in, contains'],
    [{ field: 'email', op: 'eq', value: 'ada' }, '/rule/value', '@ is missing'],
    [{ field: 'email', op: 'eq' }, '/rule/value', 'expected'],
    [{ field: 'firstName', op: 'contains', value: ' ' }, '/rule/value', 'a value is expected'],
    [{ field: 'firstName', op: 'eq', value: 'a\x07' }, '/rule/value', 'control characters'],
    [{ field: 'tracking', op: 'eq', value: 'maybe' }, '/rule/value', 'one of the choices'],
    [
      { consent: { purpose: 'x', channel: 'email', state: 'granted' } },
      '/rule/consent/purpose',
      'key of a purpose',
    ],
    [{ event: { type: 'message.opened', campaign: absent } }, '/rule/event/campaign', 'is not a campaign'],
    [{ event: { type: 'message.clicked', link: 1 } }, '/rule/event/campaign', 'is needed with a link'],
    [{ event: { type: 'message.clicked', goal: 'sale' } }, '/rule/event/goal', 'key of a goal'],
    [{ any: [{ list: absent }] }, '/rule/any/0/list', 'is not a list'],
    [{ segment: absent }, '/rule/segment', 'is not a segment'],
  ])('%j', async (rule, pointer, detail) => {
    expect(await checkRule(context, rule)).toEqual([{ pointer, detail: expect.stringContaining(detail) }])
    await expect(compileRule(context, rule)).rejects.toMatchObject({ code: 'invalid', fields: [{ pointer }] })
  })

  test('at each of its faults, and beginning where the caller says', async () => {
    const rule: SegmentRule = {
      any: [{ list: absent }, { not: { segment: absent } }, { list: world.lists[0] ?? '' }],
    }
    const pointers = (await checkRule(context, rule, { pointer: '' })).map(({ pointer }) => pointer)
    expect(pointers).toEqual(['/any/0/list', '/any/1/not/segment'])
  })

  test('when it names what belongs to another account', async () => {
    const other = await createWorld(platform)
    const rule: SegmentRule = {
      all: [
        { list: other.lists[0] ?? '' },
        { event: { type: 'message.sent', campaign: other.campaigns[0] ?? '' } },
      ],
    }
    expect(await checkRule(context, rule)).toHaveLength(2)
  })

  test('when segments lead back to each other, or it to itself', async () => {
    const [one, two] = [platform.newId(), platform.newId()]
    const save = (id: string, rule: SegmentRule) =>
      platform.db.segment.create({
        data: { ...context.scope, id, name: id, rule, createdAt: now, updatedAt: now },
      })
    await save(one, { not: { segment: two } })
    await save(two, { all: [{ segment: one }] })
    expect(await checkRule(context, { any: [{ segment: one }] })).toEqual([
      { pointer: '/rule/any/0/segment', detail: 'leads back to the segment it is in' },
    ])
    const [plain = ''] = segments.keys()
    expect(await checkRule(context, { segment: plain }, { self: plain })).toHaveLength(1)
    expect(await checkRule(context, { segment: plain })).toEqual([])
    // twice side by side is no circle
    expect(await checkRule(context, { any: [{ segment: plain }, { segment: plain }] })).toEqual([])
  })

  test('when it is too deep or too large, by itself or with the segments it names', async () => {
    const leaf: SegmentRule = { field: 'email', op: 'exists' }
    const deep = (levels: number): SegmentRule => (levels === 1 ? leaf : { not: deep(levels - 1) })
    expect(await checkRule(context, deep(10))).toEqual([])
    expect(await checkRule(context, deep(11))).toEqual([
      { pointer: `/rule${'/not'.repeat(10)}`, detail: expect.stringContaining('deeper than 10') },
    ])
    const wide = (conditions: number, rule: SegmentRule = leaf): SegmentRule => ({
      any: Array(conditions).fill(rule),
    })
    expect(await checkRule(context, { all: [wide(100), wide(100)] })).toEqual([])
    expect(await checkRule(context, { all: [wide(100), wide(101)] })).toEqual([
      { pointer: '/rule/all/1/any/100', detail: expect.stringContaining('more than 200') },
    ])

    // each doubles the one before: 2^9 conditions in ten small rules
    let last = await saveSegment(wide(2))
    const many = await saveSegment(wide(60, { segment: last }))
    expect(await checkRule(context, { any: [{ segment: many }, { segment: many }] })).toEqual([
      { pointer: '/rule/any/1/segment', detail: expect.stringContaining('more than 200') },
    ])
    for (let level = 0; level < 8; level++) last = await saveSegment({ segment: last })
    expect(await checkRule(context, { segment: last })).toEqual([
      { pointer: '/rule/segment', detail: expect.stringContaining('deeper than 10') },
    ])
  })
})

test('refuses a rule that searches too much, by itself or with the segments it names, and points at the first too many', async () => {
  const { searches } = segmentRuleLimits
  const contains: SegmentRule = { field: 'email', op: 'contains', value: 'x' }
  const costly: SegmentRule[] = [
    contains,
    { field: 'lastName', op: 'startsWith', value: 'x' },
    { event: { type: 'message.opened', count: { gte: 2 } } },
    { event: { type: 'contact.unsubscribed' } },
  ]
  const some = (count: number): SegmentRule[] =>
    Array.from({ length: count }, (_, index) => costly[index % costly.length] ?? contains)
  const told = expect.stringContaining(`more than ${searches} conditions that search`)
  expect(await checkRule(context, { any: some(searches) })).toEqual([])
  // others are not counted with them
  expect(
    await checkRule(context, {
      any: [...some(searches), { event: { type: 'message.opened', within: 'P1D' } }],
    }),
  ).toEqual([])
  expect(await checkRule(context, { any: some(searches + 1) })).toEqual([
    { pointer: `/rule/any/${searches}`, detail: told },
  ])
  const half = await saveSegment({ any: some(searches / 2) })
  expect(await checkRule(context, { any: [{ segment: half }, { segment: half }] })).toEqual([])
  expect(await checkRule(context, { any: [contains, { segment: half }, { segment: half }] })).toEqual([
    { pointer: '/rule/any/2/segment', detail: told },
  ])
})

test('a value is a parameter, whatever it holds', async () => {
  const hostile = `'; drop table contact; -- $1 \${x} %_\\ "`
  const { text, values } = await compileRule(context, {
    any: [
      { field: 'firstName', op: 'contains', value: hostile },
      { field: 'attributes.note', op: 'in', value: [hostile] },
    ],
  })
  expect(text).not.toContain('drop')
  expect(JSON.stringify(values)).toContain('drop table')
  expect(text.match(/account_id/g)?.length).toBeGreaterThan(0)
})
