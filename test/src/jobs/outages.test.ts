import { createPlatform, type RunningPlatform } from '@envoi/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type JobsOfTest, jobsOf, partitionsAs } from '../support/jobs.ts'
import { keptLog, type TestLog } from '../support/log.ts'
import { createTestPlatform, type TestPlatform } from '../support/platform.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/until.ts'

/** `platform` is the caller's, with a steady connection; `behind` is the workers', behind proxies that can be cut. */
let platform: TestPlatform
let behind: RunningPlatform
let jobs: JobsOfTest
let database: TcpProxy
let redis: TcpProxy | undefined
let log: TestLog

beforeEach(async () => {
  platform = await createTestPlatform()
  jobs = jobsOf(platform)
  database = await startTcpProxy(platform.url)
  redis = platform.settings.redisUrl ? await startTcpProxy(platform.settings.redisUrl) : undefined
  log = keptLog('info')
  const settings = { ...platform.settings, databaseUrl: database.url, redisUrl: redis?.url }
  behind = createPlatform(settings, { log: log.log, clock: platform.clock })
})
afterEach(async () => {
  await jobs.closeAll()
  await behind.close()
  await Promise.all([database.close(), redis?.close()])
  await platform.close()
})

const outages = [
  { server: 'the database', proxies: () => [database] },
  { server: 'the server of the queues', proxies: () => [redis ?? database] },
  { server: 'everything', proxies: () => (redis ? [database, redis] : [database]) },
]

async function cut(proxies: TcpProxy[]) {
  log.lines.length = 0
  for (const proxy of proxies) await proxy.cut()
  await until('the workers have noticed', () => log.lines.some((line) => line.includes('"level":40')))
}

test.each(outages)(
  'workers live through an outage of $server, and do what was asked meanwhile',
  async ({ proxies }) => {
    const seen: string[] = []
    const processors = partitionsAs(async (_context, _payload, { jobId }) => {
      seen.push(jobId)
    })
    await jobs.start({ processors }, behind)
    await jobs.ask()
    await jobs.untilAllDone()
    await cut(proxies())
    await Promise.all(Array.from({ length: 10 }, () => jobs.ask()))
    // without the queues alone, workers may have done them already
    if (proxies().includes(database)) expect(await jobs.rows()).toHaveLength(10)
    for (const proxy of proxies()) await proxy.restore()
    await jobs.untilAllDone()
    expect(new Set(seen).size).toBe(11)
  },
)

const ways = [
  { state: 'frozen', away: (proxy: TcpProxy) => proxy.silence(), back: (proxy: TcpProxy) => proxy.resume() },
  { state: 'gone', away: (proxy: TcpProxy) => proxy.cut(), back: (proxy: TcpProxy) => proxy.restore() },
]

test.runIf(process.env.REDIS_URL !== undefined).each(ways)(
  'with the Redis of the queues $state, each job still runs, once; and then they are in the queues again',
  async ({ away, back }) => {
    const seen: string[] = []
    const processors = partitionsAs(async (_context, _payload, { jobId }) => {
      seen.push(jobId)
    })
    const proxy = redis ?? database
    await jobs.start({ processors }, behind)
    await jobs.start({ processors }, behind)
    await jobs.ask()
    await jobs.untilAllDone()
    await away(proxy)
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 20 }, () => jobs.ask()))
      await jobs.untilAllDone()
    }
    // said once by each process that has noticed
    const said = log.lines.filter((line) => line.includes('the queues cannot be reached')).length
    expect([1, 2]).toContain(said)
    await back(proxy)
    await until('jobs go through the queues again', async () => {
      await jobs.ask()
      await jobs.untilAllDone()
      return log.lines.some((line) => line.includes('reached again'))
    })
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.length).toBeGreaterThan(61)
  },
)

test('after an outage of the database, workers are woken by notification again', async () => {
  await jobs.start({ processors: partitionsAs(async () => {}), pollMs: 3_600_000 }, behind)
  await jobs.ask()
  await jobs.untilAllDone()
  await cut([database])
  await database.restore()
  await until('they listen again', async () => {
    const { rows } = await platform.direct.query(
      `select 1 from pg_stat_activity where datname = current_database() and query = 'listen envoi_outbox'`,
    )
    return rows.length === 1
  })
  await jobs.ask()
  await jobs.untilAllDone()
})

test('a job that ran through an outage of the database is not lost', async () => {
  let runs = 0
  const processors = partitionsAs(async () => {
    runs += 1
    if (runs > 1) return
    await cut([database])
  })
  await jobs.start({ processors, leaseMs: 1_000 }, behind)
  await jobs.ask()
  await until('the first run has ended without a way to say so', () =>
    log.lines.some((line) => line.includes('job left to its lease')),
  )
  expect(await jobs.rows()).toMatchObject([{ attempts: 1 }])
  await database.restore()
  await jobs.untilAllDone()
  expect(runs).toBe(2)
})

test.each(outages)(
  'workers can be closed during an outage of $server, and nothing is lost',
  async ({ proxies }) => {
    const processors = partitionsAs(async () => {})
    const workers = await jobs.start({ processors, graceMs: 2_000 }, behind)
    await jobs.ask()
    await jobs.untilAllDone()
    await cut(proxies())
    await jobs.ask()
    // without the queue alone, it is done without the queue
    const left = proxies().includes(database) ? 1 : 0
    if (left === 0) await jobs.untilAllDone()
    await workers.close()
    expect(await jobs.rows()).toHaveLength(left)
    for (const proxy of proxies()) await proxy.restore()
    await jobs.start({ processors })
    await jobs.untilAllDone()
  },
)
