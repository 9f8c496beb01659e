import { apiKeyHint, isWellFormedApiKey } from '@envoi/core/access/api-key-format'
import { startExtraServer } from '../support/extra-server.ts'
import { describe, expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { request } from '../support/request.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

const day = 86_400_000

describe('an API key', () => {
  test('is shown once, and only its hash and its beginning are kept', async ({ server, account }) => {
    const { id, key, ...shown } = await account.api.apiKeys.create({ name: 'shop', role: 'developer' })
    expect(key).toMatch(/^envoi_live_[0-9A-Za-z]{27}_[0-9A-Za-z]{6}$/)
    expect(isWellFormedApiKey(key)).toBe(true)
    expect(JSON.stringify([shown, await account.api.apiKeys.get(id)])).not.toContain(key)
    const { rows } = await server.platform.direct.query<{ line: string }>(
      `select k::text as line from api_key k union all select c::text from credential_index c`,
    )
    const secret = key.slice(apiKeyHint(key).length)
    expect(rows.length).toBeGreaterThan(1)
    expect(rows.filter(({ line }) => line.includes(secret))).toEqual([])
    expect(server.logs.filter((line) => line.includes(secret))).toEqual([])
  })

  test('that is mistyped is refused by its checksum, without asking the database', async ({
    server,
    account,
  }) => {
    const key = await account.key({ role: 'owner' })
    const network = await startTcpProxy(server.platform.url)
    const behind = await startExtraServer(server.platform, { databaseUrl: network.url })
    await network.cut()
    const status = async (token: string) => (await request(`${behind.url}/v1/account`, { token })).status
    // only the database could tell that this one is good
    expect(await status(key)).toBe(503)
    for (let at = 'envoi_live_'.length; at < key.length; at += 3) {
      const typo = key.slice(0, at) + (key[at] === 'a' ? 'b' : 'a') + key.slice(at + 1)
      expect([typo === key, await status(typo)]).toEqual([false, 401])
    }
    for (const typo of [key.slice(0, -1), `${key}x`, key.toUpperCase(), key.replace('live', 'test')])
      expect(await status(typo)).toBe(401)
    await behind.close()
    await network.close()
  })

  test('that is well-formed and unknown is refused', async ({ server, account }) => {
    const key = await account.key({ role: 'owner' })
    await server.platform.direct.query(
      `delete from credential_index where account_id = $1 and kind = 'api_key'`,
      [account.id],
    )
    expect(await request(`${server.url}/v1/account`, { token: key })).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
    })
  })

  test('stops working at once when it is revoked', async ({ server, account }) => {
    const { id, key } = await account.api.apiKeys.create({ name: 'shop', role: 'owner' })
    const status = async () => (await request(`${server.url}/v1/account`, { token: key })).status
    expect(await status()).toBe(200)
    await account.api.apiKeys.delete(id)
    expect(await status()).toBe(401)
    expect(await refusal(account.api.apiKeys.delete(id))).toMatchObject({ code: 'not_found' })
    expect((await account.api.apiKeys.list()).data.map((one) => one.id)).not.toContain(id)
  })

  test('stops working when it has expired', async ({ server, account }) => {
    const { clock } = server.platform
    const expiresAt = new Date(clock.now().getTime() + 30 * day).toISOString()
    const { key } = await account.api.apiKeys.create({ name: 'trade fair', role: 'owner', expiresAt })
    const status = async () => (await request(`${server.url}/v1/account`, { token: key })).status
    expect(await status()).toBe(200)
    clock.advance(30 * day)
    expect(await status()).toBe(401)
    const past = { name: 'late', role: 'owner', expiresAt } as const
    const another = await account.login()
    const answer = await request(`${server.url}/v1/api-keys`, { token: another.accessToken, body: past })
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, '/expiresAt'])
  })

  test('cannot be given more than its maker has', async ({ server, account }) => {
    const developer = await account.as({ role: 'developer' })
    expect(await refusal(developer.apiKeys.create({ name: 'more', role: 'owner' }))).toMatchObject({
      code: 'permission_missing',
    })
    await developer.apiKeys.create({ name: 'less', permissions: ['contacts:read'] })
    const both = { name: 'both', role: 'analyst', permissions: ['contacts:read'] }
    for (const body of [both, { name: 'none' }])
      expect(await request(`${server.url}/v1/api-keys`, { token: account.accessToken, body })).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '/permissions' }] },
      })
  })

  test('made with a key ends with it, and works from its addresses only', async ({ server, account }) => {
    const expiresAt = new Date(server.platform.clock.now().getTime() + 30 * day).toISOString()
    const allowedIps = ['127.0.0.0/8', '2001:db8::/32']
    const { key } = await account.api.apiKeys.create({
      name: 'bound',
      role: 'developer',
      expiresAt,
      allowedIps,
    })
    const { apiKeys } = account.api.with(key)
    const rest = { name: 'copy', role: 'analyst' } as const
    expect(await apiKeys.create(rest)).toMatchObject({ expiresAt, allowedIps })
    const narrow = {
      allowedIps: ['127.0.0.1', '2001:db8:7::/48'],
      expiresAt: expiresAt.replace(/T.*/, 'T00:00:00.000Z'),
    }
    expect(await apiKeys.create({ ...rest, ...narrow })).toMatchObject(narrow)
    expect(await apiKeys.create({ ...rest, allowedIps: [] })).toMatchObject({ allowedIps })
    for (const wide of ['0.0.0.0/0', '127.0.0.0/7', '203.0.113.7', '::/0', '2001:db8::/31'])
      expect(await refusal(apiKeys.create({ ...rest, allowedIps: ['127.0.0.1', wide] }))).toEqual({
        code: 'invalid',
        at: ['/allowedIps/1'],
      })
    const later = new Date(Date.parse(expiresAt) + 1_000).toISOString()
    expect(await refusal(apiKeys.create({ ...rest, expiresAt: later }))).toMatchObject({ at: ['/expiresAt'] })
  })

  test('is taken only from the addresses it allows, whatever a header claims', async ({
    server,
    account,
  }) => {
    const { key } = await account.api.apiKeys.create({
      name: 'office',
      role: 'owner',
      allowedIps: ['203.0.113.0/24'],
    })
    const headers = {
      'x-forwarded-for': '203.0.113.7',
      forwarded: 'for=203.0.113.7',
      'x-real-ip': '203.0.113.7',
    }
    expect(await request(`${server.url}/v1/account`, { token: key, headers })).toMatchObject({
      status: 403,
      body: { code: 'address_not_allowed' },
    })
    const local = await account.api.apiKeys.create({
      name: 'here',
      role: 'owner',
      allowedIps: ['127.0.0.0/8'],
    })
    expect((await request(`${server.url}/v1/account`, { token: local.key })).status).toBe(200)
    const wrong = await request(`${server.url}/v1/api-keys`, {
      token: account.accessToken,
      body: { name: 'wrong', role: 'owner', allowedIps: ['127.0.0.1', '300.1.1.1'] },
    })
    expect([wrong.status, wrong.body.errors?.[0]?.pointer]).toEqual([422, '/allowedIps/1'])
  })
})
