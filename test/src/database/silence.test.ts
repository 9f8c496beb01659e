import { createLog } from '@envoi/core'
import { openPool } from '@envoi/core/connections/open-pool'
import { onTestFinished } from 'vitest'
import { startExtraServer } from '../support/extra-server.ts'
import { expect, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

const log = createLog('silent')
const silenceMs = 1_000

test('a statement that a frozen database has been sent fails; one that takes long does not, nor who listens', async ({
  server,
}) => {
  const network = await startTcpProxy(server.platform.url)
  onTestFinished(() => network.close())
  const pool = openPool(network.url, log, {
    name: 'test',
    max: 2,
    statementMs: 60_000,
    connectMs: 5_000,
    silenceMs,
  })
  onTestFinished(() => pool.end())

  // who listens has asked nothing
  const listener = await pool.connect()
  const notices: string[] = []
  listener.on('notification', ({ payload }) => notices.push(payload ?? ''))
  await listener.query('listen silence_test')
  const { rows } = await pool.query(`select 'long' as kind from pg_sleep(${(2.5 * silenceMs) / 1000})`)
  expect(rows).toEqual([{ kind: 'long' }])
  await pool.query(`notify silence_test, 'heard'`)
  await expect.poll(() => notices).toEqual(['heard'])
  listener.release()

  const waiting = pool.query('select pg_sleep(60)')
  const held = await pool.connect()
  await held.query('begin')
  network.silence()
  const outcomes = await Promise.allSettled([waiting, held.query('select 1')])
  held.release()
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected' })

  await network.cut()
  await network.restore()
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

test('requests that wait for a frozen database are answered 503 well before their own time is up', async ({
  server,
  account,
}) => {
  const network = await startTcpProxy(server.platform.url)
  onTestFinished(() => network.close())
  const extra = await startExtraServer(server.platform, { databaseUrl: network.url })
  onTestFinished(() => extra.close())
  const key = await account.key({ role: 'owner' })
  const ask = (path: string, body?: object) => request(`${extra.url}${path}`, { token: key, body })
  const askAll = () =>
    Promise.all([
      ask('/v1/account'),
      ask('/v1/contacts'),
      ask('/v1/lists', { name: `List ${Math.random()}` }),
      ask('/v1/segments/preview', { rule: { field: 'email', op: 'contains', value: 'x' } }),
    ])
  expect((await askAll()).map(({ status }) => status)).toEqual([200, 200, 201, 200])

  network.silence()
  const answers = await askAll()
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503])
  for (const answer of answers) expect(answer.headers.get('retry-after')).not.toBeNull()

  await network.cut()
  await network.restore()
  expect((await askAll()).map(({ status }) => status)).toEqual([200, 200, 201, 200])
})
