import { enqueue, transaction } from '@envoi/core'
import { platformAccount } from '@envoi/core/jobs/schedules'
import { type DrainOptions, drain } from '@envoi/workers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type JobsOfTest, jobsOf, partitionsAs } from '../support/jobs.ts'
import { createTestPlatform, type TestPlatform } from '../support/platform.ts'

let platform: TestPlatform
let jobs: JobsOfTest

beforeAll(async () => {
  platform = await createTestPlatform()
  jobs = jobsOf(platform)
})
afterAll(() => platform.close())
beforeEach(() => platform.direct.query('delete from outbox'))

/** Without the schedules: these tests move the clock by hours. */
const run = (options?: DrainOptions) => drain(platform, { schedules: [], ...options })
const outcomes = async (options?: DrainOptions) => (await run(options)).map(({ outcome }) => outcome)

test('a job that was asked for runs, and nothing of it stays', async () => {
  await jobs.ask()
  expect(await run()).toMatchObject([{ name: 'platform.partitions', outcome: 'done' }])
  expect(await jobs.rows()).toEqual([])
  expect(await run()).toEqual([])
})

test('a job asked for in a transaction that is rolled back never runs', async () => {
  const refused = transaction(jobs.context, async (tx) => {
    await enqueue(tx, 'platform.partitions', {})
    throw new Error('rolled back')
  })
  await expect(refused).rejects.toThrow('rolled back')
  expect(await run()).toEqual([])
})

test('a job asked for later runs when its time has come, not before', async () => {
  await jobs.ask({ runAt: new Date(platform.clock.now().getTime() + 3_600_000) })
  expect(await run()).toEqual([])
  platform.clock.advance(3_600_000)
  expect(await outcomes()).toEqual(['done'])
})

test('asked for twice under one key, a job that waits runs once, at the earlier time', async () => {
  await jobs.ask({ dedupeKey: 'k', runAt: new Date(platform.clock.now().getTime() + 3_600_000) })
  await jobs.ask({ dedupeKey: 'k' })
  expect(await outcomes()).toEqual(['done'])
  platform.clock.advance(3_600_000)
  expect(await run()).toEqual([])
})

test('asked for again while it runs, a job runs again', async () => {
  let runs = 0
  await jobs.ask({ dedupeKey: 'k' })
  const ran = await outcomes({
    processors: partitionsAs(async () => {
      runs += 1
      if (runs === 1) await jobs.ask({ dedupeKey: 'k' })
    }),
  })
  expect({ runs, ran }).toEqual({ runs: 2, ran: ['done', 'done'] })
})

test('asked for later while it runs, a job runs then, even if the run fails in between', async () => {
  const later = new Date(platform.clock.now().getTime() + 3_600_000)
  let runs = 0
  await jobs.ask({ dedupeKey: 'k' })
  const withTrouble = partitionsAs(async () => {
    runs += 1
    if (runs > 1) return
    await jobs.ask({ dedupeKey: 'k', runAt: later })
    throw new Error('trouble')
  })
  expect(await outcomes({ processors: withTrouble })).toEqual(['failed'])
  platform.clock.advance(60_000)
  expect(await outcomes({ processors: withTrouble })).toEqual(['done'])
  expect(await outcomes({ processors: withTrouble })).toEqual([])
  platform.clock.advance(3_600_000)
  expect(await outcomes({ processors: withTrouble })).toEqual(['done'])
})

test('a processor can ask to be run again at a time', async () => {
  const inAnHour = partitionsAs(async ({ clock }, _, { attempt }) => {
    if (attempt === 1) return { runAt: new Date(clock.now().getTime() + 3_600_000) }
  })
  await jobs.ask()
  expect(await outcomes({ processors: inAnHour })).toEqual(['again'])
  expect(await outcomes({ processors: inAnHour })).toEqual([])
  platform.clock.advance(3_600_000)
  expect(await outcomes({ processors: inAnHour })).toEqual(['done'])
})

test('a job that fails is tried again later and later, at most five minutes apart, until it succeeds', async () => {
  const failing = partitionsAs(async () => {
    throw Object.assign(new TypeError('ada@example.com is not welcome'), { code: 'EWELCOME' })
  })
  await jobs.ask()
  const waits: number[] = []
  for (let n = 0; n < 12; n += 1) {
    platform.clock.stopAt(platform.clock.now())
    expect(await outcomes({ processors: failing })).toEqual(['failed'])
    expect(await outcomes({ processors: failing })).toEqual([])
    const [row] = await jobs.rows()
    const retryAt = row?.lease_until ?? new Date(0)
    waits.push(retryAt.getTime() - platform.clock.now().getTime())
    platform.clock.stopAt(retryAt)
  }
  waits.forEach((wait, failures) => {
    const full = Math.min(300_000, 1_000 * 2 ** failures)
    expect(wait).toBeGreaterThanOrEqual(full / 2)
    expect(wait).toBeLessThanOrEqual(full)
  })
  expect(await jobs.rows()).toMatchObject([{ failures: 12, last_error: 'TypeError EWELCOME' }])
  expect(await outcomes()).toEqual(['done'])
})

test('a job that nobody can process yet is kept', async () => {
  await platform.direct.query(
    `insert into outbox (account_id, id, name, payload, run_at, created_at) values ($1, $2, 'future.job', '{}', $3, $3)`,
    [platformAccount, platform.newId(), platform.clock.now()],
  )
  expect(await run()).toMatchObject([{ outcome: 'failed', error: { name: 'UnknownJobError' } }])
  expect(await jobs.rows()).toHaveLength(1)
})

test('partitions are made for the months ahead, years later too', async () => {
  platform.clock.stopAt(new Date('2031-11-30T23:59:59Z'))
  await jobs.ask()
  expect(await outcomes()).toContain('done')
  const { rows: made } = await platform.direct.query("select to_regclass('event_2032_02') as last")
  expect(made[0].last).toBe('event_2032_02')
})
