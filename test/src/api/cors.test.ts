import { test as base, describe, expect, type TestAccount } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { type RawAnswer, request } from '../support/request.ts'

const shop = 'https://shop.example'

/** One account that allows the shop, and one that allows nobody. */
const test = base.extend<{ open: TestAccount; closed: TestAccount }>({
  open: [
    async ({ server }, use) => {
      const account = await server.openAccount()
      await account.api.account.update({ security: { allowedOrigins: [shop, 'http://localhost:3000'] } })
      await use(account)
    },
    { scope: 'file' },
  ],
  closed: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
})

const corsOf = ({ headers }: RawAnswer) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'))

const preflight = (url: string, origin: string) =>
  request(`${url}/v1/contacts`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  })

describe('a page of another origin', () => {
  test('may read what the account that named it is answered, refusals included', async ({ server, open }) => {
    const { accessToken: token } = open
    for (const [path, status] of [
      ['/v1/account', 200],
      ['/v1/contacts/0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d', 404],
      ['/v1/contacts?limit=0', 400],
    ] as const) {
      const answer = await request(server.url + path, { token, headers: { origin: shop } })
      expect([path, answer.status]).toEqual([path, status])
      expect(answer.headers.get('access-control-allow-origin')).toBe(shop)
      expect(answer.headers.get('vary')).toContain('origin')
      // credentials are what the page sends itself
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  test.for([
    'https://shop.example.evil.example',
    'http://shop.example',
    'https://shop.example:8443',
    'https://evil.example',
    'null',
    '*',
  ])('may not when it is %s', async (origin, { server, open }) => {
    const answer = await request(`${server.url}/v1/account`, { token: open.accessToken, headers: { origin } })
    expect([answer.status, corsOf(answer)]).toEqual([200, []])
    expect(corsOf(await preflight(server.url, origin))).toEqual([])
  })

  test('may not read what another account is answered, nor what nobody is', async ({
    server,
    open,
    closed,
  }) => {
    const headers = { origin: shop }
    expect(open.id).not.toBe(closed.id)
    for (const token of [closed.accessToken, null])
      expect(corsOf(await request(`${server.url}/v1/account`, { token, headers }))).toEqual([])
    const login = { email: open.ownerEmail, password: open.password }
    expect(corsOf(await request(`${server.url}/v1/sessions`, { headers, body: login }))).toEqual([])
  })
})

describe('a preflight', () => {
  test('is answered for an origin that some account allows', async ({ server, open }) => {
    expect(open.id).toBeDefined()
    const { status, headers, text } = await preflight(server.url, shop)
    expect([status, text]).toEqual([204, ''])
    expect(headers.get('access-control-allow-origin')).toBe(shop)
    expect(headers.get('access-control-allow-methods')).toContain('PATCH')
    expect(headers.get('access-control-allow-headers')).toContain('Authorization')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
  })

  test('is none without the method that is to come', async ({ server, open }) => {
    expect(open.id).toBeDefined()
    const none = await request(`${server.url}/v1/contacts`, { method: 'OPTIONS', headers: { origin: shop } })
    expect([none.status, corsOf(none)]).toEqual([404, []])
  })

  test('is refused again when the last account has taken the origin off its list', async ({ server }) => {
    const origin = 'https://for-a-while.example'
    const account = await server.openAccount()
    await account.api.account.update({ security: { allowedOrigins: [origin] } })
    expect((await preflight(server.url, origin)).status).toBe(204)
    await account.api.account.update({ security: { allowedOrigins: [] } })
    expect((await preflight(server.url, origin)).status).toBe(404)
  })
})

test.for([
  '*',
  'null',
  'https://*.example.com',
  'https://example.com/',
  'https://example.com/path',
  'https://user@example.com',
  'HTTPS://example.com',
  'https://example.com:443',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'example.com',
])('%s is no origin to allow', async (origin, { closed }) => {
  expect(await refusal(closed.api.account.update({ security: { allowedOrigins: [shop, origin] } }))).toEqual({
    code: 'invalid',
    at: ['/security/allowedOrigins/1'],
  })
})
