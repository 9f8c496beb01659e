/**
 * What one account asks too much of is refused to that account: everybody else finds connections, and what is given up stops in
 * Postgres too.
 */
import { createEnvoi, type Envoi } from '@envoi/sdk'
import { allOperations } from '../contract/operations.ts'
import { scenarios } from '../contract/scenarios.ts'
import { subscriber } from '../pages/support.ts'
import { type ExtraServer, startExtraServer } from '../support/extra-server.ts'
import { test as base, expect, operatorToken, type TestAccount } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { until } from '../support/until.ts'
import { lockTable, waitingForLocks } from '../support/waiting-locks.ts'

/** A server whose connections the test takes none of. */
const test = base.extend<{ busy: ExtraServer }>({
  busy: [
    async ({ server }, use) => {
      const extra = await startExtraServer(server.platform)
      await use(extra)
      await extra.close()
    },
    { scope: 'file' },
  ],
})

const list = (busy: ExtraServer, { accessToken: token }: TestAccount, index: number) =>
  request(`${busy.url}/v1/lists`, { token, body: { name: `List ${index}` } })

const thirty = <T>(make: (index: number) => T) => Array.from({ length: 30 }, (_, index) => make(index))

/** What every answer of `requests` is, in the order of their number. */
async function statuses(answers: Promise<{ status: number }>[]): Promise<number[]> {
  return (await Promise.all(answers)).map(({ status }) => status).sort()
}

test('requests of one account that hang leave those of others, of people and of probes alone', async ({
  server,
  account,
  busy,
}) => {
  const [other, ada] = [await server.openAccount(), await subscriber({ server, account })]
  const pageUrl = ada.links.unsubscribe.replace(server.url, busy.url)
  const unlock = await lockTable(server.platform, 'list', 'share row exclusive')
  const hanging = thirty((index) => list(busy, account, index))
  await until('eight of them wait in Postgres', async () => (await waitingForLocks(server.platform)) === 8)

  const { accessToken: token } = other
  expect(
    await statuses([
      request(`${busy.url}/v1/contacts`, { token }),
      request(`${busy.url}/v1/contacts`, { token, body: { email: 'bob@example.com' } }),
      request(`${busy.url}/health/ready`),
      request(pageUrl, { method: 'POST' }),
    ]),
  ).toEqual([200, 200, 200, 201])
  expect(await waitingForLocks(server.platform)).toBe(8)

  await unlock()
  const answers = await Promise.all(hanging)
  // those that would have waited for too long were told so
  for (const { status, body, headers } of answers.filter(({ status }) => status !== 201)) {
    expect([status, body.code]).toEqual([429, 'rate_limited'])
    expect(headers.get('retry-after')).toMatch(/^\d+$/)
  }
  expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(8)
}, 60_000)

/** A rule that cannot be evaluated while `list_member` is locked. */
async function memberRule({ api }: TestAccount) {
  const { id } = await api.lists.create({ name: 'Members' })
  return { rule: { list: id } }
}

const preview = (url: string, { accessToken: token }: TestAccount, body: unknown, init: RequestInit = {}) =>
  fetch(`${url}/v1/segments/preview`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...init,
  })

test('expensive reads of one account take two connections, the next wait, more are refused; other accounts read on', async ({
  server,
  account,
  busy,
}) => {
  const other = await server.openAccount()
  const body = await memberRule(account)
  const unlock = await lockTable(server.platform, 'list_member', 'access exclusive')
  const client = new AbortController()
  const answers = thirty(() => preview(busy.url, account, body, { signal: client.signal }))
  const refused = await until('the last are refused', async () => {
    const first = await Promise.race(answers)
    return first.status === 429 && first
  })
  expect(await refused.json()).toMatchObject({ code: 'rate_limited', status: 429 })
  expect(refused.headers.get('retry-after')).toBe('5')
  await until('two of them wait in Postgres', async () => (await waitingForLocks(server.platform)) === 2)

  const { accessToken: token } = other
  const read = (path: string) => request(busy.url + path, { token })
  expect(
    await statuses([read('/v1/consents/integrity'), read('/v1/audit-events/export'), read('/v1/campaigns')]),
  ).toEqual([200, 200, 200])
  // its own other requests go on as well
  expect((await request(`${busy.url}/v1/account`, { token: account.accessToken })).status).toBe(200)
  expect(await waitingForLocks(server.platform)).toBe(2)

  // the clients go: nothing of it is left, neither what runs nor what waits for its turn
  client.abort()
  await Promise.allSettled(answers)
  await until('they are cancelled', async () => (await waitingForLocks(server.platform)) === 0)
  await unlock()
  expect((await preview(busy.url, account, body)).status).toBe(200)
}, 60_000)

test('an expensive read that takes too long is answered, and cancelled', async ({ server, account }) => {
  const timeouts = { headersMs: 15_000, bodyMs: 15_000, idleMs: 30_000, handlerMs: 1_000 }
  const impatient = await startExtraServer(server.platform, { timeouts })
  const body = await memberRule(account)
  const unlock = await lockTable(server.platform, 'list_member', 'access exclusive')
  const late = await preview(impatient.url, account, body)
  expect([late.status, late.headers.get('retry-after')]).toEqual([503, '10'])
  await until('it is cancelled', async () => (await waitingForLocks(server.platform)) === 0)
  await unlock()
  expect((await preview(impatient.url, account, body)).status).toBe(200)
  await impatient.close()
})

const always = allOperations.filter(({ operation }) => operation.cost === 'expensive')

/** Counts what takes a lane. */
function countLanes({ platform: { lanes } }: ExtraServer) {
  if (lanes === null) throw new Error('an API has lanes')
  const counted = { taken: 0 }
  const { run } = lanes
  lanes.run = (...given) => {
    counted.taken += 1
    return run(...given)
  }
  return counted
}

test('what the contract calls expensive takes a lane, and what it calls so with a parameter does with it', async ({
  server,
  account,
}) => {
  const extra = await startExtraServer(server.platform)
  const counted = countLanes(extra)
  const anyone = createEnvoi({ baseUrl: extra.url, maxRetries: 0 })
  const scene = {
    server: { ...server, url: extra.url, operator: anyone.with(operatorToken) as Envoi },
    account: { ...account, api: anyone.with(account.accessToken) as Envoi },
  }
  for (const { id } of always) {
    counted.taken = 0
    await scenarios[id](scene)
    expect(counted.taken, id).toBeGreaterThan(0)
  }
  const { accessToken: token } = account
  const samples: Record<string, string> = { channel: 'email', updatedSince: '2026-01-01T00:00:00Z' }
  for (const { id, operation } of allOperations) {
    if (typeof operation.cost !== 'object') continue
    for (const name of operation.cost.expensiveWith)
      expect(Object.keys(operation.query?.properties ?? {}), id).toContain(name)
    if (operation.path.includes('{')) continue
    for (const [name, value] of Object.entries(samples)) {
      const expected = operation.cost.expensiveWith.includes(name) ? 1 : 0
      if (operation.query?.properties[name] === undefined) continue
      counted.taken = 0
      expect((await request(`${extra.url}${operation.path}?${name}=${value}`, { token })).status).toBe(200)
      expect([id, name, counted.taken]).toEqual([id, name, expected])
    }
    counted.taken = 0
    expect((await request(extra.url + operation.path, { token })).status).toBe(200)
    expect([id, counted.taken]).toEqual([id, 0])
  }
  await extra.close()
}, 60_000)
