import { isAddressAllowed, isAddressRange } from '@envoi/core/access/allowed-address'
import { vi } from 'vitest'
import { startExtraServer } from '../support/extra-server.ts'
import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

// many requests, on a machine that may be busy
vi.setConfig({ testTimeout: 240_000 })

describe('a range of addresses', () => {
  const inside: [string, string][] = [
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7', '203.0.113.0/24'],
    ['203.0.113.7', '203.0.113.99/24'],
    ['203.0.113.7', '0.0.0.0/0'],
    ['::ffff:203.0.113.7', '203.0.113.0/24'],
    ['::ffff:cb00:7107', '203.0.113.0/24'],
    ['203.0.113.7', '::ffff:203.0.113.0/120'],
    ['2001:db8::1', '2001:db8::/32'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['2001:db8::1', '::/0'],
  ]
  test.each(inside)('%s is within %s', (address, range) => {
    expect(isAddressRange(range)).toBe(true)
    expect(isAddressAllowed(address, ['192.0.2.1', range])).toBe(true)
  })

  const outside: [string | null, string][] = [
    ['203.0.114.7', '203.0.113.0/24'],
    ['203.0.113.8', '203.0.113.7'],
    ['2001:db9::1', '2001:db8::/32'],
    ['203.0.113.7', '2001:db8::/32'],
    ['2001:db8::1', '203.0.113.0/24'],
    ['nonsense', '0.0.0.0/0'],
    [null, '0.0.0.0/0'],
  ]
  test.each(outside)('%s is not within %s', (address, range) => {
    expect(isAddressAllowed(address, [range])).toBe(false)
  })

  test('is refused when it is none', () => {
    const wrong = [
      '203.0.113',
      '203.0.113.256',
      '203.0.113.0/33',
      '203.0.113.0/-1',
      '203.0.113.0/',
      '203.0.113.0/24/8',
      '0x7f.1',
      '017.0.0.1',
      '2001:db8::/129',
      '2001:db8:::1',
      'example.com',
      '',
      ' 203.0.113.7',
      '203.0.113.0/2e1',
      '*',
    ]
    for (const range of wrong) expect([range, isAddressRange(range)]).toEqual([range, false])
  })
})

const patch = ({ url }: TestServer, { accessToken }: TestAccount, allowedIps: string[], query = '') =>
  request(`${url}/v1/account${query}`, {
    method: 'PATCH',
    token: accessToken,
    body: { security: { allowedIps } },
  })

describe("an account that restricts its users' addresses", () => {
  test('is told which entry is wrong', async ({ server, account }) => {
    expect(await patch(server, account, ['127.0.0.1', 'example.com'])).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/security/allowedIps/1' }] },
    })
  })

  test('does not lock out who restricts it, unless they say so', async ({ server, account }) => {
    const elsewhere = ['203.0.113.0/24']
    expect(await patch(server, account, elsewhere)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/security/allowedIps' }] },
    })
    expect((await patch(server, account, [...elsewhere, '127.0.0.0/8'])).status).toBe(200)
    expect((await patch(server, account, elsewhere, '?allowLockout=true')).status).toBe(200)
    const key = await request(`${server.url}/v1/account`, { token: account.accessToken })
    expect(key).toMatchObject({ status: 403, body: { code: 'address_not_allowed' } })
  })

  test('lets nobody log in or go on from elsewhere, and says so to nobody who does not know the password', async ({
    server,
    account,
  }) => {
    const { refreshToken } = await account.login()
    const key = await account.key({ role: 'owner' })
    await patch(server, account, ['203.0.113.0/24'], '?allowLockout=true')
    const login = (password: string) =>
      request(`${server.url}/v1/sessions`, { body: { email: account.ownerEmail, password } })
    expect((await login(account.ownerPassword)).body.code).toBe('address_not_allowed')
    expect((await login('guessed it')).body.code).toBe('invalid_credentials')
    const refresh = () => request(`${server.url}/v1/sessions/refresh`, { body: { refreshToken } })
    expect((await refresh()).body.code).toBe('address_not_allowed')
    // keys have addresses of their own
    const opened = await request(`${server.url}/v1/account`, {
      method: 'PATCH',
      token: key,
      body: { security: { allowedIps: [] } },
    })
    expect(opened.status).toBe(200)
    // the refusal has used nothing up
    expect((await refresh()).status).toBe(200)
    expect((await login(account.ownerPassword)).status).toBe(201)
  })
})

describe('the address of a request', () => {
  /** Which addresses a server with this setting believes, of what a client claims. */
  async function believed(
    server: TestServer,
    account: TestAccount,
    trustedProxies: number | string[] | false,
    claims: (string | undefined)[],
  ): Promise<(string | null | undefined)[]> {
    const extra = await startExtraServer(server.platform, { settings: { trustedProxies } })
    const seen: (string | null | undefined)[] = []
    try {
      for (const claim of claims) {
        const headers: Record<string, string> = claim === undefined ? {} : { 'x-forwarded-for': claim }
        const body = { name: `list ${Math.random()}` }
        const { status } = await request(`${extra.url}/v1/lists`, {
          token: account.accessToken,
          headers,
          body,
        })
        expect(status).toBe(201)
        seen.push((await account.api.auditEvents.list({ action: 'lists.create' })).data[0]?.address)
      }
    } finally {
      await extra.close()
    }
    return seen
  }
  const own = '127.0.0.1'

  test('is that of the connection: a forwarded one changes nothing', async ({ server, account }) => {
    const claims = [undefined, '203.0.113.7', '203.0.113.7, 127.0.0.1']
    expect(await believed(server, account, false, claims)).toEqual([own, own, own])
    // nor where another proxy is trusted
    expect(await believed(server, account, ['10.0.0.0/8'], ['203.0.113.7'])).toEqual([own])
  })

  test('behind proxies is what they have added, never what the client claims', async ({
    server,
    account,
  }) => {
    const client = '203.0.113.7'
    const far = '192.0.2.66, 203.0.113.7, 10.0.0.1'
    expect(await believed(server, account, 1, [client, `192.0.2.66, ${client}`, undefined])).toEqual([
      client,
      client,
      own,
    ])
    expect(await believed(server, account, 2, [far])).toEqual([client])
    expect(await believed(server, account, ['127.0.0.1', '10.0.0.0/8'], [far])).toEqual([client])
  })

  test('is that of the proxy when what it passes on is no address', async ({ server, account }) => {
    const nonsense = ['unknown', "' or true --", '<script>', '203.0.113.7:port', '[203.0.113.7]:4711']
    expect(await believed(server, account, 1, nonsense)).toEqual([own, own, own, own, own])
  })

  test('may come with a port, and so may that of a proxy on the way', async ({ server, account }) => {
    const client = '203.0.113.7'
    const claims = [`${client}:4711`, '[2001:db8::1]:4711', '[2001:db8::1]', `192.0.2.66:80, ${client}:1`]
    expect(await believed(server, account, 1, claims)).toEqual([client, '2001:db8::1', '2001:db8::1', client])
    const ranges = ['127.0.0.1', '10.0.0.0/8', '2001:db8:ffff::/48']
    const far = [`${client}:4711, 10.0.0.1:80`, `${client}, [2001:db8:ffff::1]:80, 10.0.0.1:443`]
    expect(await believed(server, account, ranges, far)).toEqual([client, client])
  })

  test('spoofed passes no allowed range', async ({ server, account }) => {
    const { key } = await account.api.apiKeys.create({
      name: 'office',
      role: 'owner',
      allowedIps: ['203.0.113.0/24'],
    })
    const statusAt = async (trustedProxies: number | false, forwarded: string) => {
      const extra = await startExtraServer(server.platform, { settings: { trustedProxies } })
      try {
        const headers = {
          'x-forwarded-for': forwarded,
          forwarded: 'for=203.0.113.7',
          'x-real-ip': '203.0.113.7',
        }
        return (await request(`${extra.url}/v1/account`, { token: key, headers })).status
      } finally {
        await extra.close()
      }
    }
    expect(await statusAt(false, '203.0.113.7')).toBe(403)
    expect(await statusAt(1, '203.0.113.7, 192.0.2.66')).toBe(403)
    expect(await statusAt(1, '192.0.2.66, 203.0.113.7')).toBe(200)
  })
})
