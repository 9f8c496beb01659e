/** What every answer says to browsers, and whom to tell of a weakness. */
import { startExtraServer } from '../support/extra-server.ts'
import { describe, expect, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

const answers: [what: string, path: string, withToken?: boolean][] = [
  ['an answer', '/v1/account', true],
  ['a refusal', '/v1/account'],
  ['nothing', '/nowhere'],
  ['the contract', '/openapi.json'],
  ['the page of a problem', '/problems/not_found'],
  ['a page with a link that does not work', '/u/wrong'],
  ['the keys', '/.well-known/jwks.json'],
]

test.for(answers)(
  '%s runs nothing, is not framed, not sniffed and tells nobody',
  async ([, path, withToken], { server, account }) => {
    const { headers } = await request(server.url + path, { token: withToken ? account.accessToken : null })
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|\*/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('set-cookie')).toBeNull()
    // plain HTTP here
    expect(headers.get('strict-transport-security')).toBeNull()
  },
)

test('no answer of an operation is kept by a cache, and what is public may be', async ({
  server,
  account,
}) => {
  const keptBy = async (path: string, token: string | null) =>
    (await request(server.url + path, { token })).headers.get('cache-control')
  expect(await keptBy('/v1/account', account.accessToken)).toBe('no-store')
  expect(await keptBy('/v1/account', null)).toBe('no-store')
  for (const path of ['/v1/nowhere/ada@example.com', '/c/no-token', '/p/%ff'])
    expect(await keptBy(path, null), path).toBe('no-store')
  expect(await keptBy('/openapi.json', null)).not.toBe('no-store')
  expect(await keptBy('/.well-known/jwks.json', null)).toBe('public, max-age=300')
})

test('where the API is reached by https, browsers are told to keep to it', async ({ server }) => {
  const settings = { apiUrl: 'https://api.example.com' }
  const { url, close } = await startExtraServer(server.platform, { settings })
  const { headers } = await request(`${url}/v1/account`)
  expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}; includeSubDomains$/)
  await close()
})

describe('security.txt', () => {
  test('says whom to tell of a weakness, and is good for months from now', async ({ server }) => {
    const { platform } = server
    const settings = { securityContact: 'mailto:security@example.com', apiUrl: 'https://api.example.com' }
    const { url, close } = await startExtraServer(platform, { settings })
    const { status, headers, text } = await request(`${url}/.well-known/security.txt`)
    await close()
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
    const lines = text.trimEnd().split('\n')
    expect(lines.filter((line) => !line.startsWith('Expires: '))).toEqual([
      'Contact: mailto:security@example.com',
      'Preferred-Languages: fr, en',
      'Canonical: https://api.example.com/.well-known/security.txt',
    ])
    const expires = /^Expires: (\d{4}-\d\d-\d\dT00:00:00Z)$/m.exec(text)?.[1] ?? ''
    const days = (Date.parse(expires) - platform.clock.now().getTime()) / 86_400_000
    expect(days).toBeGreaterThan(150)
    expect(days).toBeLessThan(365)
  })

  test('is not there when nobody is named', async ({ server }) => {
    expect((await request(`${server.url}/.well-known/security.txt`)).status).toBe(404)
  })
})
