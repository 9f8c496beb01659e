import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { asSystem } from '@envoi/core'
import { rotateTokenKeys } from '@envoi/core/access/rotate-token-keys'
import { vi } from 'vitest'
import { startExtraServer } from '../support/extra-server.ts'
import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

// many requests, on a machine that may be busy
vi.setConfig({ testTimeout: 240_000 })

const hour = 3_600_000
const day = 24 * hour
const nobody = '00000000-0000-0000-0000-000000000000'

interface PublishedKey extends JsonWebKey {
  kid: string
}

async function published(url: string): Promise<PublishedKey[]> {
  const { status, body } = await request(`${url}/.well-known/jwks.json`)
  expect(status).toBe(200)
  return body.keys as PublishedKey[]
}

const kidOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid
const statusWith = async ({ url }: { url: string }, token: string) =>
  (await request(`${url}/v1/account`, { token })).status
const login = async (account: TestAccount) => (await account.login()).accessToken
const rotate = ({ platform }: TestServer) => rotateTokenKeys(asSystem(platform, nobody, 'access.rotateKeys'))

/** As somebody does who has nothing but the published keys. */
async function isSignedByPublished(url: string, token: string): Promise<boolean> {
  const jwk = (await published(url)).find(({ kid }) => kid === kidOf(token))
  if (jwk === undefined) return false
  const [header, claims, signature = ''] = token.split('.')
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  return verify(null, Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))
}

describe('the published keys', () => {
  test('verify access tokens, and hold nothing secret (RFC 7517, RFC 8037)', async ({ server, account }) => {
    const { headers, body } = await request(`${server.url}/.well-known/jwks.json`)
    expect(headers.get('content-type')).toMatch(/^application\/jwk-set\+json/)
    expect(headers.get('cache-control')).toContain('max-age=300')
    expect(body).toEqual({
      keys: [
        {
          kty: 'OKP',
          crv: 'Ed25519',
          use: 'sig',
          alg: 'EdDSA',
          kid: kidOf(account.accessToken),
          x: expect.stringMatching(/^[\w-]{43}$/),
        },
      ],
    })
    expect(await isSignedByPublished(server.url, account.accessToken)).toBe(true)
  })
})

describe('a signing key', () => {
  test('is replaced after thirty days: published before it signs, accepted after it has signed', async ({
    server,
    account,
    drain,
  }) => {
    const { clock } = server.platform
    // schedules begin with their next time
    await drain()
    const first = await login(account)
    clock.advance(29 * day)
    await drain()
    expect(await published(server.url)).toHaveLength(1)

    clock.advance(2 * day)
    await drain()
    const both = (await published(server.url)).map(({ kid }) => kid)
    expect(both).toHaveLength(2)
    const announced = await login(account)
    expect(kidOf(announced)).toBe(kidOf(first))

    clock.advance(hour)
    const second = await login(account)
    expect(both).toContain(kidOf(second))
    expect(kidOf(second)).not.toBe(kidOf(first))
    expect([await statusWith(server, announced), await statusWith(server, second)]).toEqual([200, 200])
    expect(await isSignedByPublished(server.url, announced)).toBe(true)

    clock.advance(hour)
    expect([await statusWith(server, announced), await statusWith(server, second)]).toEqual([401, 200])
    await drain()
    expect((await published(server.url)).map(({ kid }) => kid)).toEqual([kidOf(second)])
    expect(await server.platform.db.platformKey.count({ where: { purpose: 'access-token' } })).toBe(1)
  })

  test('of one process is known to the others', async ({ server, account }) => {
    const other = await startExtraServer(server.platform)
    try {
      server.platform.clock.advance(31 * day)
      await rotate(server)
      server.platform.clock.advance(hour)
      const token = await login(account)
      expect(await statusWith(other, token)).toBe(200)
      expect((await published(other.url)).map(({ kid }) => kid)).toContain(kidOf(token))
    } finally {
      await other.close()
    }
  })

  test('is made once, however many processes make it', async ({ server }) => {
    server.platform.clock.advance(31 * day)
    const made = await Promise.all(Array.from({ length: 8 }, () => rotate(server)))
    expect(made.reduce((sum, result) => sum + result.made, 0)).toBe(1)
  })

  test('that was withdrawn signs for nobody any more', async ({ server, account }) => {
    const token = await login(account)
    await server.platform.db.platformKey.deleteMany({ where: { id: kidOf(token) } })
    server.platform.clock.advance(61_000)
    expect(await statusWith(server, token)).toBe(401)
    expect(await statusWith(server, await login(account))).toBe(200)
  })

  test('is kept sealed: neither the table nor the log holds it', async ({ server }) => {
    const [stored] = await server.platform.db.platformKey.findMany({ where: { purpose: 'access-token' } })
    const sealed = Buffer.from(stored?.sealed ?? [])
    // the prefix of every Ed25519 key in PKCS #8 (RFC 8410)
    expect(sealed.includes(Buffer.from('302e020100300506032b6570', 'hex'))).toBe(false)
    expect(server.logs.join('\n')).not.toMatch(/PRIVATE KEY/)
  })
})
