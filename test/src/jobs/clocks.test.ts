import { databaseClock } from '@envoi/core/database-clock'
import { freePort } from '@envoi/prisma/embedded'
import { drain, schedules } from '@envoi/workers'
import { test as base, expect } from '../support/fixture.ts'
import { jobsOf } from '../support/jobs.ts'
import { keptLog } from '../support/log.ts'
import { request } from '../support/request.ts'
import { until } from '../support/until.ts'
import { environmentOf, type PlatformProcess, spawnApi, spawnWorker } from '../support/worker-process.ts'

const hoursMs = 3_600_000
const aheadMs = 2 * hoursMs

/** What a process does first on a machine whose clock is two hours ahead. */
const shift = `
const Real = Date
globalThis.Date = class Date extends Real {
  constructor(...given) { given.length === 0 ? super(Real.now() + ${aheadMs}) : super(...given) }
  static now() { return Real.now() + ${aheadMs} }
}`
const wrongClock = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}` }

const test = base.extend<{ running: (process: PlatformProcess) => PlatformProcess }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of needed fixtures from the pattern
  running: async ({}, use) => {
    const processes: PlatformProcess[] = []
    await use((process) => {
      processes.push(process)
      return process
    })
    for (const { child, exited } of processes) {
      child.kill('SIGKILL')
      await exited
    }
  },
})

test('a worker whose machine is two hours ahead does nothing before its time, and takes no schedule away from others', {
  timeout: 120_000,
}, async ({ server, running }) => {
  const { platform } = server
  const { ask } = jobsOf(platform)
  await drain(platform)
  // in an hour, as a mail that a server has deferred
  await ask({ runAt: new Date(Date.now() + hoursMs), dedupeKey: 'later' })
  await ask({ dedupeKey: 'now' })
  const worker = running(spawnWorker({ ...environmentOf(platform), ...wrongClock }))
  const rows = async () =>
    (await platform.direct.query("select * from outbox where name = 'platform.partitions'")).rows
  const isDone = async () => !(await rows()).some((row) => row.dedupe_key === 'now')
  await until('it has done what was due', isDone, 60_000)
  const before = Date.now()
  for (const { job, next } of schedules) {
    const row = await platform.db.schedule.findUniqueOrThrow({ where: { name: job } })
    expect(row.nextAt.getTime(), job).toBeLessThanOrEqual(next(new Date(before + 60_000)).getTime())
  }
  expect(await rows()).toMatchObject([{ dedupe_key: 'later', attempts: 0, armed_at: null }])
  expect(worker.output()).toContain("this machine's clock is wrong")
})

test('a schedule that was pushed two hours away comes back within one period', async ({ server, drain }) => {
  const { db, clock } = server.platform
  await drain()
  const pushed = new Date(clock.now().getTime() + aheadMs)
  await db.schedule.update({ where: { name: 'events.ingest' }, data: { nextAt: pushed } })
  await drain()
  const { nextAt } = await db.schedule.findUniqueOrThrow({ where: { name: 'events.ingest' } })
  expect(nextAt.getTime()).toBeLessThanOrEqual(clock.now().getTime() + 60_000)
})

test('an API whose machine is two hours ahead takes the tokens of others, and makes none that live longer', {
  timeout: 120_000,
}, async ({ server, account, running }) => {
  const PORT = String(await freePort())
  const api = running(spawnApi({ ...environmentOf(server.platform), ...wrongClock, PORT }))
  await until('it listens', () => api.output().includes('the API is listening'), 60_000)
  const url = `http://127.0.0.1:${PORT}/v1`
  expect((await request(`${url}/account`, { token: account.accessToken })).status).toBe(200)
  const { ownerEmail: email, ownerPassword: password } = account
  const { status, body } = await request(`${url}/sessions`, { body: { email, password } })
  expect(status).toBe(201)
  const [, claims = ''] = String(body.accessToken).split('.')
  const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  expect(Math.abs(exp - Date.now() / 1_000 - 600)).toBeLessThan(60)
})

test('what the clock of the machine says counts for nothing once the database has been asked', async ({
  server,
}) => {
  let wrongByMs = -aheadMs
  const machine = { now: () => new Date(Date.now() + wrongByMs) }
  const clock = databaseClock(server.platform.pool, keptLog().log, machine)
  const errorMs = () => Math.abs(clock.now().getTime() - Date.now())
  expect(errorMs()).toBeGreaterThan(hoursMs)
  await clock.synchronise()
  expect(errorMs()).toBeLessThan(5_000)
  wrongByMs = aheadMs
  expect(errorMs()).toBeLessThan(5_000)
  await clock.synchronise()
  expect(errorMs()).toBeLessThan(5_000)
  expect(Math.abs(clock.correctionMs() + aheadMs)).toBeLessThan(5_000)
  clock.stop()
})
