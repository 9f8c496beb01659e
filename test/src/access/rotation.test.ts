import { forgetAttempts } from '@envoi/core/access/forget-attempts'
import { test as base, describe, expect, type TestAccount, type TestServer } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { request } from '../support/request.ts'
import { until } from '../support/until.ts'

const test = base.extend<{ home: TestAccount }>({
  home: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
})

const hour = 3_600_000
const status = async ({ url }: TestServer, token: string) =>
  (await request(`${url}/v1/account`, { token })).status

describe('a key that is rotated', () => {
  test('has another value at once, and the one before for the time of the overlap', async ({
    server,
    home: { api },
  }) => {
    const { clock } = server.platform
    const { id, key, hint, ...before } = await api.apiKeys.create({ name: 'shop', role: 'analyst' })
    const rotated = await api.apiKeys.rotate(id)
    expect(rotated).toMatchObject({ id, name: before.name, permissions: before.permissions })
    expect([rotated.key === key, rotated.key.startsWith(rotated.hint)]).toEqual([false, true])
    expect(Date.parse(rotated.previousEndsAt) - Date.parse(rotated.rotatedAt ?? '')).toBe(24 * hour)
    expect(JSON.stringify(await api.apiKeys.get(id))).not.toContain(rotated.key)
    expect([await status(server, key), await status(server, rotated.key)]).toEqual([200, 200])
    clock.advance(24 * hour)
    expect([await status(server, key), await status(server, rotated.key)]).toEqual([401, 200])
  })

  test('gives the earlier value no longer than it had, and ends it at once when told to', async ({
    server,
    home,
  }) => {
    const api = home.api.with((await home.login()).accessToken)
    const { id, key: first } = await api.apiKeys.create({ name: 'shop', role: 'analyst' })
    const { key: second } = await api.apiKeys.rotate(id, { overlap: 'PT1H' })
    const { key: third } = await api.apiKeys.rotate(id, { overlap: 'P7D' })
    server.platform.clock.advance(hour)
    const all = () => Promise.all([first, second, third].map((key) => status(server, key)))
    expect(await all()).toEqual([401, 200, 200])
    const again = home.api.with((await home.login()).accessToken)
    const { key: fourth } = await again.apiKeys.rotate(id, { overlap: 'PT0S' })
    expect(await all()).toEqual([401, 401, 401])
    expect(await status(server, fourth)).toBe(200)
    await again.apiKeys.delete(id)
    expect(await status(server, fourth)).toBe(401)
    expect(await refusal(again.apiKeys.rotate(id))).toMatchObject({ code: 'not_found' })
  })

  test('twice at once has both new values, and in the end one', async ({ server, account: { api } }) => {
    const { id, key } = await api.apiKeys.create({ name: 'shop', role: 'analyst' })
    const [one, two] = await Promise.all([
      api.apiKeys.rotate(id, { overlap: 'PT1H' }),
      api.apiKeys.rotate(id, { overlap: 'PT1H' }),
    ])
    const keys = [key, one.key, two.key]
    expect(await Promise.all(keys.map((each) => status(server, each)))).toEqual([200, 200, 200])
    server.platform.clock.advance(hour)
    const later = await Promise.all(keys.map((each) => status(server, each)))
    expect([later[0], later.slice(1).sort()]).toEqual([401, [200, 401]])
    // nothing is kept of values that ended long ago
    server.platform.clock.advance(25 * hour)
    await forgetAttempts(server.platform)
    expect(await server.platform.db.credentialIndex.count({ where: { subjectId: id } })).toBe(1)
  })

  test('while it is revoked is dead, in whichever order', async ({ server, account: { api } }) => {
    for (let time = 0; time < 3; time++) {
      const { id, key } = await api.apiKeys.create({ name: 'shop', role: 'analyst' })
      const [rotated] = await Promise.allSettled([api.apiKeys.rotate(id), api.apiKeys.delete(id)])
      const next = rotated.status === 'fulfilled' ? [rotated.value.key] : []
      for (const each of [key, ...next]) expect(await status(server, each)).toBe(401)
      expect(await server.platform.db.credentialIndex.count({ where: { subjectId: id } })).toBe(0)
    }
  })

  test('refuses durations that say no certain time, or too long a one', async ({ account: { api } }) => {
    const { id } = await api.apiKeys.create({ name: 'shop', role: 'analyst' })
    for (const overlap of ['P1M', 'P1Y', 'P', 'PT', 'P1DT', '1D', '-P1D', 'P31D', 'PT721H', 'P1D '])
      expect([overlap, await refusal(api.apiKeys.rotate(id, { overlap }))]).toEqual([
        overlap,
        { code: 'invalid', at: ['/overlap'] },
      ])
    for (const overlap of ['P30D', 'P4W', 'PT720H', 'P1DT2H3M4S']) await api.apiKeys.rotate(id, { overlap })
  })

  test('is handed to nobody who may do less, in less time, from fewer places', async ({ account }) => {
    const { api } = account
    const owner = await api.apiKeys.create({ name: 'all', role: 'owner' })
    const developer = await account.as({ role: 'developer' })
    const refused = { code: 'permission_missing' }
    expect(await refusal(developer.apiKeys.rotate(owner.id))).toMatchObject(refused)

    const rights = { name: 'bound', role: 'developer' } as const
    const expiresAt = '2099-01-31T00:00:00.000Z'
    const brief = await api.apiKeys.create({ ...rights, expiresAt })
    const local = await api.apiKeys.create({ ...rights, allowedIps: ['127.0.0.0/8'] })
    const trial = await api.apiKeys.create({ ...rights, mode: 'test' })
    const free = await api.apiKeys.create(rights)
    for (const { id, key } of [brief, local, trial]) {
      const own = api.with(key)
      expect(await refusal(own.apiKeys.rotate(free.id))).toMatchObject(refused)
      const { key: next } = await own.apiKeys.rotate(id)
      expect((await api.with(next).apiKeys.get(id)).id).toBe(id)
    }
    // the other way round nothing is gained
    expect((await api.with(free.key).apiKeys.rotate(brief.id)).expiresAt).toBe(expiresAt)
    const untouched = await api.apiKeys.get(owner.id)
    expect(untouched.rotatedAt).toBeNull()
  })
})

describe('the last use of a key', () => {
  test('is known by its time and address, once a minute, masked for who may not see addresses', async ({
    server,
    account,
  }) => {
    const { clock } = server.platform
    const { id, key } = await account.api.apiKeys.create({ name: 'shop', role: 'analyst' })
    expect(await account.api.apiKeys.get(id)).toMatchObject({ lastUsedAt: null, lastUsedAddress: null })
    await status(server, key)
    const used = () => account.api.apiKeys.get(id)
    await until('the use is noted', async () => (await used()).lastUsedAt !== null)
    const first = await used()
    expect(first.lastUsedAddress).toBe('127.0.0.1')
    const masked = await account.as({ permissions: ['api-keys:manage'] })
    expect((await masked.apiKeys.get(id)).lastUsedAddress).toBe('1***')
    expect((await masked.apiKeys.list()).data.find((one) => one.id === id)?.lastUsedAddress).toBe('1***')
    await status(server, key)
    expect((await used()).lastUsedAt).toBe(first.lastUsedAt)
    clock.advance(61_000)
    await status(server, key)
    await until('the later use is noted', async () => (await used()).lastUsedAt !== first.lastUsedAt)
  })

  test('is written after the answer: a request asks the database no more often than one without', async ({
    server,
    account,
  }) => {
    const { key } = await account.api.apiKeys.create({ name: 'shop', role: 'analyst' })
    const { pool } = server.platform
    const { query } = pool
    const asked: string[] = []
    // what goes through is counted, nothing is changed
    pool.query = ((...args: Parameters<typeof query>) => {
      const [first] = args as unknown as [string | { name?: string; text: string }]
      asked.push(typeof first === 'string' ? first : (first.name ?? first.text))
      return query.apply(pool, args)
    }) as typeof query
    try {
      await status(server, key)
      await until('the use is noted', async () => asked.some((text) => text.startsWith('update api_key')))
      const busy = asked.length
      for (let time = 0; time < 5; time++) await status(server, key)
      const times = new Map<string, number>()
      for (const text of asked.slice(busy)) times.set(text, (times.get(text) ?? 0) + 1)
      // who asks, and what is asked for; what a server asks by the clock is not asked with every request
      const withEach = [...times].filter(([, count]) => count >= 5)
      expect(withEach).toEqual([
        ['authenticate-api-keys', 5],
        [expect.any(String), 5],
      ])
    } finally {
      pool.query = query
    }
  })
})
