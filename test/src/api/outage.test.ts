import { startExtraServer } from '../support/extra-server.ts'
import { expect, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/until.ts'

test('while the database is away clients are asked to come back, with credentials that stay good', async ({
  server,
  account,
}) => {
  const network = await startTcpProxy(server.platform.url)
  const behind = await startExtraServer(server.platform, { databaseUrl: network.url })
  const key = await account.key({ role: 'owner' })
  const status = async (path: string, token = account.accessToken) =>
    (await request(behind.url + path, { token })).status
  const health = () => Promise.all([status('/health/live'), status('/health/ready')])
  expect(await health()).toEqual([200, 200])
  expect([await status('/v1/account'), await status('/v1/account', key)]).toEqual([200, 200])

  await network.cut()
  expect(await health()).toEqual([200, 503])
  const email = 'ada@example.com'
  const once = { 'idempotency-key': 'while-away' }
  for (const answer of [
    await request(`${behind.url}/v1/account`, { token: account.accessToken }),
    await request(`${behind.url}/v1/contacts`, { token: key }),
    await request(`${behind.url}/v1/contacts`, { token: key, body: { email }, headers: once }),
    await request(`${behind.url}/v1/sessions`, { body: { email, password: 'correct horse' } }),
  ]) {
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', status: 503 } })
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
  }

  await network.restore()
  await until('it is ready again', async () => (await status('/health/ready')) === 200)
  expect([await status('/v1/account'), await status('/v1/account', key)]).toEqual([200, 200])
  const again = await request(`${behind.url}/v1/contacts`, { token: key, body: { email }, headers: once })
  expect(again.status).toBe(201)
  expect(behind.log.lines.filter((line) => line.includes(email))).toEqual([])
  await behind.close()
  await network.close()
}, 60_000)

test('a request whose connection breaks half-way is answered 503', async ({ server, account }) => {
  const network = await startTcpProxy(server.platform.url)
  const behind = await startExtraServer(server.platform, { databaseUrl: network.url })
  const contacts = Array.from({ length: 200 }, (_, index) => ({ email: `half-${index}@example.com` }))
  const send = () =>
    request(`${behind.url}/v1/contacts/batch`, {
      token: account.accessToken,
      body: { contacts, onConflict: 'update' },
    })
  // nobody gets past this lock, so the cut comes in the middle of the transaction
  const lock = await server.platform.direct.connect()
  await lock.query('begin')
  await lock.query('lock table contact in share mode')
  const answer = send()
  await until('it waits for the lock', async () => {
    const { rows } = await server.platform.direct.query(
      'select 1 from pg_locks join pg_database on oid = database where not granted and datname = current_database()',
    )
    return rows.length > 0
  })
  await network.cut()
  expect(await answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  await lock.query('rollback')
  lock.release()
  await network.restore()
  await until('it works again', async () => (await send()).status === 200)
  await behind.close()
  await network.close()
}, 60_000)
