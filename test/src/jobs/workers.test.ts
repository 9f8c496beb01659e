import { every } from '@envoi/core/jobs/schedules'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createGate, type Gate } from '../support/gate.ts'
import { type JobsOfTest, jobsOf, partitionsAs } from '../support/jobs.ts'
import { createTestPlatform, type TestPlatform } from '../support/platform.ts'
import { loseQueues } from '../support/queues.ts'
import { until } from '../support/until.ts'
import { waitingForLocks } from '../support/waiting-locks.ts'

/** No lost job is handed over again within a test. */
const never = 10 * 60_000

let platform: TestPlatform
let jobs: JobsOfTest

beforeAll(async () => {
  platform = await createTestPlatform()
  jobs = jobsOf(platform)
})
afterAll(() => platform.close())
beforeEach(() => platform.direct.query('delete from outbox'))
afterEach(() => jobs.closeAll())

test('two workers run each of many jobs once', async () => {
  const seen: string[] = []
  const counting = partitionsAs(async (_context, _payload, { jobId }) => {
    seen.push(jobId)
  })
  await Promise.all([jobs.start({ processors: counting }), jobs.start({ processors: counting })])
  await Promise.all(Array.from({ length: 50 }, () => jobs.ask()))
  await jobs.untilAllDone()
  expect(seen).toHaveLength(50)
  expect(new Set(seen).size).toBe(50)
})

test('with every queue lost while jobs wait in it, each job still runs once', async () => {
  const gate = createGate()
  const seen: string[] = []
  const waiting = partitionsAs(async (_context, _payload, { jobId }) => {
    await gate.opened
    seen.push(jobId)
  })
  await jobs.start({ processors: waiting, concurrency: 2 })
  await Promise.all(Array.from({ length: 20 }, () => jobs.ask()))
  await until('two run and the others are in the queue', async () => {
    const rows = await jobs.rows()
    const running = rows.filter((row) => row.lease_until !== null).length
    return running === 2 && rows.filter((row) => row.armed_at !== null).length === 18
  })
  expect(await loseQueues(platform)).toBeGreaterThan(0)
  gate.open()
  await jobs.untilAllDone()
  expect(seen).toHaveLength(20)
  expect(new Set(seen).size).toBe(20)
})

test('asked for again while a worker runs it, even in the same millisecond, a job runs again at once', async () => {
  const gates: Gate[] = []
  const slow = partitionsAs(async () => {
    const gate = createGate()
    gates.push(gate)
    await gate.opened
  })
  platform.clock.stopAt(new Date())
  await jobs.start({ processors: slow, lostAfterMs: never })
  for (let runs = 1; runs < 20; runs += 2) {
    await jobs.ask({ dedupeKey: 'k' })
    await until('the job runs', () => gates.length === runs)
    await jobs.ask({ dedupeKey: 'k' })
    gates.at(-1)?.open()
    await until('the job runs again', () => gates.length === runs + 1)
    gates.at(-1)?.open()
    await jobs.untilAllDone()
  }
})

test('asked for again by a request that has not committed when a worker starts it, a job runs all the same', async () => {
  const gate = createGate()
  const seen: string[] = []
  const processors = partitionsAs(async (_context, _payload, { jobId }) => {
    if (seen.push(jobId) === 1) await gate.opened
  })
  await jobs.start({ processors, concurrency: 1, lostAfterMs: never })
  await jobs.ask()
  await until('the first job runs', () => seen.length === 1)
  await jobs.ask({ dedupeKey: 'k' })
  await until('the next one is in the queue', async () => (await jobs.rows())[1]?.armed_at)
  const request = await platform.pool.connect()
  await request.query('begin')
  await request.query('update outbox set run_at = run_at where dedupe_key = $1', ['k'])
  gate.open()
  await until('the worker is at its row', async () => (await waitingForLocks(platform)) > 0)
  await request.query('commit')
  request.release()
  await jobs.untilAllDone()
  expect(seen).toHaveLength(2)
})

test('a job that fails is left alone until its time, then tried again', async () => {
  let runs = 0
  const once = partitionsAs(async () => {
    runs += 1
    if (runs === 1) throw new RangeError('not yet')
  })
  platform.clock.stopAt(new Date())
  await jobs.start({ processors: once })
  await jobs.ask()
  const [row] = await until('it failed', async () => {
    const rows = await jobs.rows()
    return rows[0]?.failures === 1 && rows
  })
  expect(row).toMatchObject({ last_error: 'RangeError', armed_at: null })
  // a job that comes later and is done proves that workers looked, and left the other one alone
  await jobs.ask({ dedupeKey: 'after' })
  await until('the later one is done', async () => (await jobs.rows()).length === 1)
  expect(runs).toBe(2)
  platform.clock.advance(1_000)
  await jobs.untilAllDone()
  expect(runs).toBe(3)
})

test('a schedule fires once for all workers, each time its hour comes', async () => {
  let runs = 0
  const processors = partitionsAs(async () => {
    runs += 1
  })
  const schedules = [{ job: 'platform.partitions' as const, payload: {}, next: every(3_600) }]
  const nextAt = async () =>
    (await platform.db.schedule.findUnique({ where: { name: 'platform.partitions' } }))?.nextAt
  platform.clock.stopAt(new Date('2027-01-01T10:30:00Z'))
  await Promise.all([jobs.start({ processors, schedules }), jobs.start({ processors, schedules })])
  await until('the schedule has begun', nextAt)
  expect(await nextAt()).toEqual(new Date('2027-01-01T11:00:00Z'))
  for (const hour of [11, 12]) {
    platform.clock.stopAt(new Date(Date.UTC(2027, 0, 1, hour, 20)))
    await until('it has moved on', async () => (await nextAt())?.getUTCHours() === hour + 1)
    await jobs.untilAllDone()
  }
  expect(runs).toBe(2)
})

test('when workers close, the running job ends, others are left for the next worker', async () => {
  const gate = createGate()
  const ended: string[] = []
  const slow = partitionsAs(async (_context, _payload, { jobId }) => {
    await gate.opened
    ended.push(jobId)
  })
  const workers = await jobs.start({ processors: slow, concurrency: 1 })
  await jobs.ask()
  await until('the job runs', async () => (await jobs.rows())[0]?.lease_until)
  await jobs.ask()
  const closed = workers.close()
  gate.open()
  await closed
  expect(ended).toHaveLength(1)
  const left = await jobs.rows()
  expect(left).toMatchObject([{ attempts: 0 }])
  await jobs.start({ processors: slow })
  await jobs.untilAllDone()
  expect(ended).toEqual([...new Set(ended)])
  expect(ended).toHaveLength(2)
})

test('when workers close, a long job stops at its next batch and goes on in the next worker at once', async () => {
  let batches = 0
  const endless = partitionsAs(async (_context, _payload, { signal }) => {
    for (;;) {
      signal.throwIfAborted()
      batches += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
  })
  const workers = await jobs.start({ processors: endless })
  await jobs.ask()
  await until('some batches are done', () => batches > 3)
  await workers.close()
  expect(await jobs.rows()).toMatchObject([{ attempts: 1, failures: 0, last_error: null }])
  const before = batches
  await jobs.start({ processors: partitionsAs(async () => {}) })
  await jobs.untilAllDone()
  expect(batches).toBe(before)
})

test('a job whose worker gives no sign of life is taken over, and the late worker changes nothing', async () => {
  const first = createGate()
  const second = createGate()
  const attempts: number[] = []
  const processors = partitionsAs(async (_context, _payload, { attempt }) => {
    attempts.push(attempt)
    await (attempt === 1 ? first : second).opened
  })
  platform.clock.stopAt(new Date())
  // with such a lease the heartbeat comes every 200 s of real time: not within this test
  const late = await jobs.start({ processors, leaseMs: 600_000 })
  await jobs.ask()
  await until('the job runs', () => attempts.length === 1)
  const lateCloses = late.close()
  platform.clock.advance(600_000)
  await jobs.start({ processors, leaseMs: 600_000 })
  await until('the job is taken over', () => attempts.length === 2)
  const taken = await jobs.rows()
  first.open()
  await lateCloses
  expect(await jobs.rows()).toEqual(taken)
  second.open()
  await jobs.untilAllDone()
  expect(attempts).toEqual([1, 2])
})

test('a worker that lost its job to another is told to stop', async () => {
  const stopped: unknown[] = []
  const patient = partitionsAs(async (_context, _payload, { attempt, signal }) => {
    if (attempt === 1) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    stopped.push(attempt)
  })
  await jobs.start({ processors: patient, leaseMs: 300 })
  await jobs.ask()
  await until('the job runs', async () => (await jobs.rows())[0]?.attempts === 1)
  await platform.direct.query('update outbox set attempts = 2')
  await until('it was told', () => stopped.length > 0)
})
