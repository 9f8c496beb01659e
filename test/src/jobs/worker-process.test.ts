import { drain } from '@envoi/workers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type JobsOfTest, jobsOf } from '../support/jobs.ts'
import { createTestPlatform, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'
import { environmentOf, type PlatformProcess, spawnWorker } from '../support/worker-process.ts'

let platform: TestPlatform
let jobs: JobsOfTest
const endings: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  platform = await createTestPlatform()
  jobs = jobsOf(platform)
})
afterEach(async () => {
  for (const end of endings.splice(0)) await end()
  await platform.close()
})

function start(env: Record<string, string | undefined> = {}): PlatformProcess {
  const worker = spawnWorker({ ...environmentOf(platform), ...env })
  endings.push(() => {
    worker.child.kill('SIGKILL')
    return worker.exited
  })
  return worker
}

/** Takes a partition away and locks its table: the job that makes partitions starts, and stays in the middle. */
async function holdPartitions() {
  const month = new Date(platform.clock.now())
  month.setUTCDate(1)
  month.setUTCMonth(month.getUTCMonth() + 3)
  const partition = `event_${month.toISOString().slice(0, 7).replace('-', '_')}`
  await platform.direct.query(`drop table if exists ${partition}`)
  const client = await platform.direct.connect()
  await client.query('begin')
  await client.query('lock table event in access exclusive mode')
  let releasing: Promise<void> | undefined
  const release = () => {
    releasing ??= client.query('rollback').then(() => client.release())
    return releasing
  }
  endings.push(release)
  return {
    release,
    async isMade() {
      const { rows } = await platform.direct.query('select to_regclass($1) is not null as made', [partition])
      return rows[0].made
    },
  }
}

/** Of the job that these tests ask for: the process has schedules of its own. */
const rows = async () => (await jobs.rows()).filter(({ name }) => name === 'platform.partitions')
const drained = async () =>
  (await drain(platform, { schedules: [] })).filter(({ name }) => name === 'platform.partitions')
const untilItRuns = () => until('the job runs', async () => (await rows())[0]?.lease_until, 60_000)

test('a job that was running when its worker was killed is done by another', {
  timeout: 120_000,
}, async () => {
  const held = await holdPartitions()
  const worker = start()
  await jobs.ask()
  await untilItRuns()
  worker.child.kill('SIGKILL')
  await worker.exited
  await held.release()
  expect(await rows()).toMatchObject([{ name: 'platform.partitions', attempts: 1 }])
  expect(await drained()).toEqual([])
  platform.clock.advance(30_000)
  expect(await drained()).toMatchObject([{ name: 'platform.partitions', outcome: 'done' }])
  expect(await held.isMade()).toBe(true)
})

test('SIGTERM lets the running job end, and the process exits with 0', { timeout: 120_000 }, async () => {
  const held = await holdPartitions()
  const worker = start()
  await jobs.ask()
  await untilItRuns()
  worker.child.kill('SIGTERM')
  await until('it was heard', () => worker.output().includes('workers stop'))
  await held.release()
  expect(await worker.exited).toBe(0)
  expect(await held.isMade()).toBe(true)
  expect(await rows()).toEqual([])
})

test.each([
  [{ DATABASE_URL: '' }, 'DATABASE_URL is not valid: expected a Postgres address'],
  [{ DATABASE_URL: 'mysql://localhost/x' }, 'DATABASE_URL is not valid: expected a Postgres address'],
  [
    { DATABASE_URL: 'postgres://127.0.0.1:1/envoi' },
    'The database at DATABASE_URL cannot be used (ECONNREFUSED).',
  ],
  [{ ENVOI_MASTER_KEY: 'secret' }, 'ENVOI_MASTER_KEY is not valid: expected 32 random bytes in base64'],
  [{ REDIS_URL: 'localhost' }, 'REDIS_URL is not valid: expected a Redis address'],
])('a bad setting stops the process with one clear line: %o', { timeout: 60_000 }, async (env, line) => {
  const worker = start(env)
  expect(await worker.exited).toBe(1)
  expect(worker.output()).toContain(line)
  expect(worker.output().trim().split('\n')).toHaveLength(1)
})
