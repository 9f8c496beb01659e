import { createEnvoi } from '@envoi/sdk'
import { startExtraServer } from '../support/extra-server.ts'
import { expect, test } from '../support/fixture.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/until.ts'

test('a client sees nothing of an outage that ends in time, and what it asked for is done once', async ({
  server,
  account,
}) => {
  const network = await startTcpProxy(server.platform.url)
  const behind = await startExtraServer(server.platform, { databaseUrl: network.url })
  let attempts = 0
  const envoi = createEnvoi({
    baseUrl: behind.url,
    token: account.accessToken,
    maxRetries: 20,
    fetch: (...request) => {
      attempts++
      return fetch(...request)
    },
  })
  await envoi.account.get()
  // in the middle of a transaction, and before another
  const lock = await server.platform.direct.connect()
  await lock.query('begin; lock table list in share mode')
  const interrupted = envoi.lists.create({ name: 'Interrupted' })
  await until('it waits for the lock', async () => {
    const { rows } = await server.platform.direct.query(
      'select 1 from pg_locks join pg_database on oid = database where not granted and datname = current_database()',
    )
    return rows.length > 0
  })
  await network.cut()
  await lock.query('rollback')
  lock.release()
  const asked = [
    envoi.lists.create({ name: 'Asked' }),
    envoi.contacts.upsertByEmail('ada@example.com', {}),
    envoi.account.get(),
  ]
  await until('all of them have been refused', () => attempts >= 5)
  await network.restore()
  const [first, second] = await Promise.all([interrupted, ...asked])
  expect([first.name, second]).toMatchObject(['Interrupted', { name: 'Asked' }])
  expect((await account.api.lists.list()).data.map(({ name }) => name).sort()).toEqual([
    'Asked',
    'Interrupted',
  ])
  await behind.close()
  await network.close()
}, 60_000)
