import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readTokenKeys } from '@envoi/core/access/token-keys'
import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

type Json = Record<string, unknown>

const encode = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json

/** A token put together by hand, signed in whatever way. */
function jwt(header: Json, claims: Json, signer: (input: Buffer) => Buffer): string {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${signer(Buffer.from(input)).toString('base64url')}`
}

const ed25519 = (key: KeyObject) => (input: Buffer) => sign(null, input, key)

async function statusOf(server: TestServer, token: string): Promise<number> {
  const { status, body } = await request(`${server.url}/v1/account`, { token })
  if (status === 401) expect(body.code).toBe('unauthenticated')
  return status
}

async function onlyKey(server: TestServer) {
  const [key] = await readTokenKeys(server.platform)
  if (key === undefined) throw new Error('no key')
  return key
}

/** A good token taken apart, and the key it is signed with. */
async function parts(server: TestServer, account: TestAccount) {
  const [header, claims] = account.accessToken.split('.')
  const { privateKey } = await onlyKey(server)
  return { header: decode(header), claims: decode(claims), privateKey }
}

describe('an access token', () => {
  test('is signed with Ed25519, lives ten minutes, and names nobody', async ({ server, account }) => {
    const { header, claims } = await parts(server, account)
    expect(header).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' })
    expect(Number(claims.exp) - Number(claims.iat)).toBe(600)
    expect(JSON.stringify(claims)).not.toContain('@')
    expect(Object.keys(claims).sort()).toEqual(['acc', 'aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'])
  })

  test('made by hand with the right key is taken: what is refused below is refused for its one fault', async ({
    server,
    account,
  }) => {
    const { header, claims, privateKey } = await parts(server, account)
    expect(await statusOf(server, jwt(header, claims, ed25519(privateKey)))).toBe(200)
  })

  test('is refused without a signature, whatever it says of its algorithm', async ({ server, account }) => {
    const { header, claims, privateKey } = await parts(server, account)
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', 'EdDSA']) {
      expect(
        await statusOf(
          server,
          jwt({ ...header, alg }, claims, () => Buffer.alloc(0)),
        ),
      ).toBe(401)
      if (alg !== 'EdDSA')
        expect(await statusOf(server, jwt({ ...header, alg }, claims, ed25519(privateKey)))).toBe(401)
    }
    expect(await statusOf(server, `${account.accessToken.split('.').slice(0, 2).join('.')}`)).toBe(401)
  })

  test('is refused when signed by another algorithm, with the public key as a secret', async ({
    server,
    account,
  }) => {
    const { header, claims } = await parts(server, account)
    const { publicKey } = await onlyKey(server)
    for (const secret of [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
    ]) {
      const hmac = (input: Buffer) => createHmac('sha256', secret).update(input).digest()
      expect(await statusOf(server, jwt({ ...header, alg: 'HS256' }, claims, hmac))).toBe(401)
    }
  })

  test('is refused when signed with another key, also one that it brings itself', async ({
    server,
    account,
  }) => {
    const { header, claims } = await parts(server, account)
    const mine = generateKeyPairSync('ed25519').privateKey
    const jwk = createPublicKey(mine).export({ format: 'jwk' })
    for (const more of [
      {},
      { jwk },
      { kid: 'mine' },
      { kid: undefined },
      { kid: null },
      { kid: ['mine'] },
      { kid: '__proto__' },
      { kid: '../../etc/passwd' },
      { jku: 'http://127.0.0.1:1/keys' },
    ])
      expect(await statusOf(server, jwt({ ...header, ...more }, claims, ed25519(mine)))).toBe(401)
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const rsa = (input: Buffer) => sign('sha256', input, privateKey)
    expect(await statusOf(server, jwt({ ...header, alg: 'RS256' }, claims, rsa))).toBe(401)
  })

  test('is refused with a claim that was changed after signing', async ({ server, account }) => {
    const other = await server.openAccount()
    const [header, , signature] = account.accessToken.split('.')
    const theirs = other.accessToken.split('.')[1]
    expect(await statusOf(server, [header, theirs, signature].join('.'))).toBe(401)
  })

  test('is refused with another issuer, audience or type, without a claim, or with one of another form', async ({
    server,
    account,
  }) => {
    const { header, claims, privateKey } = await parts(server, account)
    const wrong: Json[] = [
      { iss: 'https://elsewhere.example' },
      { iss: undefined },
      { aud: 'https://elsewhere.example' },
      { aud: undefined },
      { aud: [] },
      { exp: undefined },
      { sid: undefined },
      { acc: undefined },
      { sub: undefined },
      { jti: undefined },
      { sid: 'not an id' },
      { acc: "' or true --" },
      { sid: { not: null } },
      { sid: claims.acc },
      { nbf: Math.floor(Date.now() / 1000) + 3_600 },
    ]
    for (const change of wrong) {
      const token = jwt(header, { ...claims, ...change }, ed25519(privateKey))
      expect([change, await statusOf(server, token)]).toEqual([change, 401])
    }
    for (const typ of ['JWT', 'refresh', undefined]) {
      const token = jwt({ ...header, typ }, claims, ed25519(privateKey))
      expect([typ, await statusOf(server, token)]).toEqual([typ, 401])
    }
  })

  test('is refused once it has expired, and no longer than ten minutes after it was made', async ({
    server,
    account,
  }) => {
    const { header, claims, privateKey } = await parts(server, account)
    const exp = Math.floor(Date.now() / 1000) - 1
    expect(await statusOf(server, jwt(header, { ...claims, exp }, ed25519(privateKey)))).toBe(401)
  })

  test('is refused at once when its session has ended', async ({ server, account }) => {
    const { accessToken } = await account.login()
    const sid = String(decode(accessToken.split('.')[1]).sid)
    expect(await statusOf(server, accessToken)).toBe(200)
    await account.api.sessions.delete(sid)
    expect(await statusOf(server, accessToken)).toBe(401)
    expect(await statusOf(server, account.accessToken)).toBe(200)
  })

  test('for another scheme, or with anything around it, is no credential', async ({ server, account }) => {
    const authorizations = [
      `Basic ${account.accessToken}`,
      account.accessToken,
      `Bearer ${account.accessToken} x`,
      `Bearer  `,
      'Bearer',
      `Bearer ${'a'.repeat(1_500)}`,
      `Bearer ${account.accessToken}\u00e9`,
    ]
    for (const authorization of authorizations) {
      const { status } = await request(`${server.url}/v1/account`, { headers: { authorization } })
      expect([authorization.slice(0, 20), status]).toEqual([authorization.slice(0, 20), 401])
    }
    const query = await request(`${server.url}/v1/account?access_token=${account.accessToken}`)
    expect(query.status).toBe(401)
  })
})
