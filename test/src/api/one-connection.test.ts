/**
 * A request whose transaction is held until its answer is known (docs/decisions/0015) must get by with that one connection: with
 * as many such requests at once as the pool has connections, each would wait for another that nobody gives back. Here the pool
 * has one.
 */
import { freePort } from '@envoi/prisma/embedded'
import { createEnvoi } from '@envoi/sdk'
import { allOperations } from '../contract/operations.ts'
import { scenarios } from '../contract/scenarios.ts'
import { startExtraServer } from '../support/extra-server.ts'
import { test as base, operatorToken } from '../support/fixture.ts'

const test = base.extend<{ narrow: string }>({
  narrow: [
    async ({ server }, use) => {
      const port = await freePort()
      const settings = { apiUrl: `http://127.0.0.1:${port}` }
      const extra = await startExtraServer(server.platform, { poolSize: 1, port, settings })
      await use(extra.url)
      await extra.close()
    },
    { scope: 'file' },
  ],
})

/** Of a page in a browser: whether its origin is allowed is asked as well. */
const fromPage: typeof fetch = (input, init) => {
  const request = new Request(input, init)
  request.headers.set('origin', 'https://www.shop.example')
  return fetch(request)
}

/** Who waits for a connection is refused after five seconds. */
const timeout = 12_000

for (const { id } of allOperations.filter(({ operation }) => operation.method === 'POST'))
  test(`${id} takes one connection at a time`, { timeout }, async ({ server, account, narrow }) => {
    const anyone = createEnvoi({ baseUrl: narrow, maxRetries: 0, fetch: fromPage })
    const { ownerEmail: email, ownerPassword: password } = account
    const login = () => anyone.sessions.create({ email, password })
    const { accessToken } = await login()
    await scenarios[id]({
      server: { ...server, url: narrow, operator: anyone.with(operatorToken) },
      account: { ...account, accessToken, login, api: anyone.with(accessToken) },
    })
  })
