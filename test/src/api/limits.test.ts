import { randomBytes } from 'node:crypto'
import { generateApiKey } from '@envoi/core/access/api-key-format'
import { startExtraServer } from '../support/extra-server.ts'
import { test as base, describe, expect } from '../support/fixture.ts'
import { type RawAnswer, request } from '../support/request.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/until.ts'

interface Limited {
  url: string
  read(token?: string): Promise<RawAnswer>
  login(headers?: Record<string, string>): Promise<RawAnswer>
}

/** A server that allows five requests a minute with credentials, and three without. */
const test = base.extend<{ limited: Limited }>({
  limited: async ({ server, account }, use) => {
    const extra = await startExtraServer(server.platform, { limits: { perCredentials: 5, perAddress: 3 } })
    // what other servers have been asked counts here too
    await server.platform.direct.query('delete from request_count')
    await use(limitedAt(extra.url, await account.key({ role: 'owner' })))
    await extra.close()
  },
})

const limitedAt = (url: string, key: string): Limited => ({
  url,
  read: (token = key) => request(`${url}/v1/account`, { token }),
  login: (headers = {}) =>
    request(`${url}/v1/sessions`, {
      headers,
      body: { email: 'nobody@example.com', password: 'guess number one' },
    }),
})

const quota = ({ headers }: RawAnswer) => [headers.get('ratelimit-policy'), headers.get('ratelimit')]

async function statuses(times: number, ask: () => Promise<RawAnswer>): Promise<number[]> {
  const seen: number[] = []
  for (let time = 0; time < times; time++) seen.push((await ask()).status)
  return seen
}

describe('the quota', () => {
  test('is told by every answer, and 429 says when it is over', async ({ limited }) => {
    const answers = [await limited.read(), await limited.read()]
    expect(answers.map(quota)).toEqual([
      ['"default";q=5;w=60', expect.stringMatching(/^"default";r=4;t=(\d|[1-5]\d|60)$/)],
      ['"default";q=5;w=60', expect.stringMatching(/^"default";r=3;t=(\d|[1-5]\d|60)$/)],
    ])
    expect(await statuses(4, () => limited.read())).toEqual([200, 200, 200, 429])
    const refused = await limited.read()
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(refused.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/)
  })

  test('is told by refusals as well', async ({ limited, account }) => {
    const answers = [
      await limited.read('envoi_live_wrong'),
      await request(`${limited.url}/v1/contacts?nonsense=1`, { token: 'envoi_live_wrong' }),
    ]
    for (const answer of answers) expect(quota(answer)[0]).toBe('"default";q=3;w=60')
    const forbidden = await request(`${limited.url}/v1/contacts`, {
      token: await account.key({ permissions: ['account:read'] }),
    })
    expect([forbidden.status, quota(forbidden)[0]]).toEqual([403, '"default";q=5;w=60'])
    expect(quota(await limited.login())[0]).toBe('"default";q=3;w=60')
  })

  test("is each key's own", async ({ limited, account }) => {
    const key = await account.key({ role: 'owner' })
    expect(await statuses(6, () => limited.read())).toEqual([200, 200, 200, 200, 200, 429])
    expect((await limited.read(key)).status).toBe(200)
  })

  test('of who guesses passwords is that of the address, whatever else is sent', async ({ limited }) => {
    let guess = 0
    const attempt = () => {
      guess++
      return limited.login({
        authorization: `Bearer ${guess}`,
        'x-forwarded-for': `203.0.113.${guess}`,
        'user-agent': `browser ${guess}`,
      })
    }
    const seen = await statuses(5, attempt)
    // what this address has asked of the other server may have counted before
    expect(seen.filter((status) => status === 401).length).toBeLessThanOrEqual(3)
    expect(seen.slice(3)).toEqual([429, 429])
  })

  test('of who guesses tokens is that of the address, and takes nothing from who has one', async ({
    limited,
  }) => {
    const guesses = [
      () =>
        `${'a'.repeat(20)}.${randomBytes(24).toString('base64url')}.${randomBytes(32).toString('base64url')}`,
      () => generateApiKey({ testMode: false }),
    ]
    let guess = 0
    const seen = await statuses(8, () => limited.read(guesses[guess++ % 2]?.() ?? ''))
    // what this address has asked of the other server may have counted before
    expect(seen.filter((status) => status === 401).length).toBeLessThanOrEqual(3)
    expect(seen.slice(3)).toEqual([429, 429, 429, 429, 429])
    expect((await limited.read()).status).toBe(200)
  })

  test('is that of a user, whichever token they show', async ({ limited, account }) => {
    const tokens = [account.accessToken, (await account.login()).accessToken]
    let turn = 0
    // what the user has asked of another process counts as well; a token of their own would have three or four
    const seen = await statuses(7, () => limited.read(tokens[turn++ % 2]))
    expect(seen[0]).toBe(200)
    expect(seen.slice(-2)).toEqual([429, 429])
  })

  test('does not stop the health checks', async ({ limited }) => {
    const check = () => request(`${limited.url}/health/ready`)
    expect(await statuses(10, check)).toEqual(Array.from({ length: 10 }, () => 200))
  })
})

/** Which of so many requests at once, turn by turn to two servers, were let through. */
async function letThrough(urls: string[], times: number, ask: (url: string) => Promise<RawAnswer>) {
  const answers = await Promise.all(
    Array.from({ length: times }, (_, turn) => ask(urls[turn % urls.length] ?? '')),
  )
  const refused = answers.filter(({ status }) => status === 429).length
  return times - refused
}

describe('two processes on one database', () => {
  const limits = { perCredentials: 1_000, perAddress: 20, openings: 3 }
  const pair = base.extend<{ urls: string[] }>({
    urls: async ({ server }, use) => {
      await server.platform.direct.query('delete from request_count')
      const servers = await Promise.all([1, 2].map(() => startExtraServer(server.platform, { limits })))
      await use(servers.map(({ url }) => url))
      await Promise.all(servers.map((one) => one.close()))
    },
  })

  pair('let through guesses at tokens as one would', async ({ urls }) => {
    const guess = (url: string) =>
      request(`${url}/v1/account`, { token: `envoi_live_${randomBytes(8).toString('hex')}` })
    expect(await letThrough(urls, 60, guess)).toBe(20)
    expect(await letThrough(urls, 10, guess)).toBe(0)
  })

  pair('let through openings as one would', async ({ urls }) => {
    const open = (url: string) => request(`${url}/v1/accounts`, { body: { name: 'Not enough' } })
    expect(await letThrough(urls, 10, open)).toBe(3)
  })

  pair('let through pages as one would', async ({ urls }) => {
    expect(await letThrough(urls, 50, (url) => request(`${url}/u/nonsense`))).toBe(20)
  })

  pair('let through of one key no more than one would, and little less', async ({ urls, account }) => {
    const token = await account.key({ role: 'owner' })
    const read = (url: string) => request(`${url}/v1/purposes`, { token })
    let passed = 0
    // in waves: the server has a connection for each
    for (let wave = 0; wave < 11; wave++) passed += await letThrough(urls, 100, read)
    expect(passed).toBeLessThanOrEqual(1_000)
    expect(passed).toBeGreaterThanOrEqual(980)
  })

  pair('count in a table that tells nobody who has asked', async ({ urls, server }) => {
    await letThrough(urls, 4, (url) => request(`${url}/u/nonsense`))
    const { rows } = await server.platform.direct.query('select * from request_count')
    expect(rows.length).toBeGreaterThan(0)
    for (const row of rows) expect(Object.keys(row)).toEqual(['key', 'count', 'ends_at'])
    expect(rows.every(({ key }) => Buffer.isBuffer(key) && key.length === 32)).toBe(true)
  })
})

test('while the counts do not answer, a process counts alone and says so', async ({ server }) => {
  const { direct: pool } = server.platform
  const extra = await startExtraServer(server.platform, { limits: { perAddress: 3 } })
  const guess = () =>
    request(`${extra.url}/v1/account`, { token: `envoi_live_${randomBytes(8).toString('hex')}` })
  const readiness = async () => (await request(`${extra.url}/health/ready`)).body
  expect(await readiness()).toEqual({ status: 'ok' })
  const lock = await pool.connect()
  await lock.query('begin')
  await lock.query('lock table request_count in access exclusive mode')
  expect(await statuses(5, guess)).toEqual([401, 401, 401, 429, 429])
  expect(await readiness()).toEqual({ status: 'ok', degraded: ['limits'] })
  await lock.query('rollback')
  lock.release()
  await until('they are counted together again', async () => {
    await request(`${extra.url}/u/nonsense`)
    server.platform.clock.advance(60_000)
    return (await readiness()).degraded === undefined
  })
  await extra.close()
})

test.runIf(process.env.REDIS_URL !== undefined)(
  'a Redis that is frozen is nothing to the API: requests are answered and counted',
  async ({ server, account }) => {
    const frozen = await startTcpProxy(process.env.REDIS_URL ?? '')
    const extra = await startExtraServer(server.platform, {
      limits: { perCredentials: 5, perAddress: 3 },
      settings: { redisUrl: frozen.url },
    })
    frozen.silence()
    const limited = limitedAt(extra.url, await account.key({ role: 'owner' }))
    expect(await statuses(6, () => limited.read())).toEqual([200, 200, 200, 200, 200, 429])
    expect((await request(`${extra.url}/health/ready`)).status).toBe(200)
    await extra.close()
    await frozen.close()
  },
)
