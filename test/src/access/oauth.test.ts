/** OAuth 2.0 client credentials (RFC 6749, 7009, 8414, 9068), as programs speak it that know nothing of Envoi. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readTokenKeys } from '@envoi/core/access/token-keys'
import { createEnvoi } from '@envoi/sdk'
import { test as base, describe, expect, type TestAccount, type TestServer } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { type RawAnswer, request } from '../support/request.ts'

const test = base.extend<{ home: TestAccount }>({
  home: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
})

type Fields = Record<string, string> | [string, string][]

const post = (
  { url }: TestServer,
  path: string,
  fields: Fields,
  headers: Record<string, string> = {},
): Promise<RawAnswer> =>
  request(`${url}/v1/oauth/${path}`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  })

const grant = { grant_type: 'client_credentials' }
const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
})

async function clientOf({ api }: TestAccount, may: object = { role: 'analyst' }) {
  const { id, key } = await api.apiKeys.create({ name: 'client', ...(may as { role: 'analyst' }) })
  return { id, key, form: { client_id: id, client_secret: key } }
}

async function tokenOf(server: TestServer, form: Record<string, string>): Promise<string> {
  const { status, body } = await post(server, 'token', { ...grant, ...form })
  expect(status).toBe(200)
  return String(body.access_token)
}

const status = async ({ url }: TestServer, token: string, path = '/v1/account') =>
  (await request(url + path, { token })).status

type Json = Record<string, unknown>
const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as Json
const encode = (value: Json) => Buffer.from(JSON.stringify(value)).toString('base64url')
const partsOf = (token: string) => {
  const [header, claims] = token.split('.')
  return { header: decode(header), claims: decode(claims) }
}

function jwt(header: Json, claims: Json, signer: (input: Buffer) => Buffer): string {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${signer(Buffer.from(input)).toString('base64url')}`
}
const ed25519 = (key: KeyObject) => (input: Buffer) => sign(null, input, key)

describe('a client', () => {
  test('gets a token by HTTP Basic or in the body, which nobody may keep', async ({ server, home }) => {
    const { id, key, form } = await clientOf(home)
    for (const answer of [
      await post(server, 'token', grant, basic(id, key)),
      await post(server, 'token', { ...grant, client_id: id }, basic(id, key)),
      await post(server, 'token', { ...grant, ...form }),
      // unknown parameters are ignored, those without a value count as left out (section 3.2)
      await post(server, 'token', { ...grant, ...form, scope: '', resource: 'x' }),
    ]) {
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
      expect(answer.body).toEqual({
        access_token: expect.any(String),
        token_type: 'Bearer',
        expires_in: 600,
        scope: 'account:read contacts:read campaigns:read templates:read',
      })
      expect(await status(server, String(answer.body.access_token))).toBe(200)
    }
  })

  test('is told what is wrong as OAuth has it', async ({ server, home }) => {
    const { id, key, form } = await clientOf(home)
    const other = await clientOf(home)
    const cases: [Fields, Record<string, string>, number, string][] = [
      [form, {}, 400, 'invalid_request'],
      [
        [...Object.entries({ ...grant, ...form }), ['scope', 'a'], ['scope', 'b']],
        {},
        400,
        'invalid_request',
      ],
      [{ ...grant, ...form }, basic(id, key), 400, 'invalid_request'],
      [{ ...grant, client_id: other.id }, basic(id, key), 400, 'invalid_request'],
      [{ ...form, grant_type: 'authorization_code' }, {}, 400, 'unsupported_grant_type'],
      [{ ...grant, ...form, scope: 'contacts:read contacts:delete' }, {}, 400, 'invalid_scope'],
      [{ ...grant, ...form, scope: 'nonsense' }, {}, 400, 'invalid_scope'],
      [{ ...grant, ...form, scope: ' ' }, {}, 400, 'invalid_scope'],
      [grant, {}, 401, 'invalid_client'],
      [{ ...grant, client_id: id }, {}, 401, 'invalid_client'],
      [{ ...grant, ...form, client_id: other.id }, {}, 401, 'invalid_client'],
      [grant, basic(id, `${key}x`), 401, 'invalid_client'],
      [grant, { authorization: 'Basic %%%' }, 401, 'invalid_client'],
      [grant, { authorization: `Bearer ${key}` }, 401, 'invalid_client'],
    ]
    for (const [fields, headers, expected, error] of cases) {
      const answer = await post(server, 'token', fields, headers)
      expect([fields, answer.status, answer.body.error]).toEqual([fields, expected, error])
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('www-authenticate')).toBe(expected === 401 ? 'Basic realm="envoi"' : null)
      expect(answer.text).not.toContain(key)
    }
    const asked = await post(server, 'token', grant, { accept: 'application/problem+json' })
    expect(asked.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(asked.body).toMatchObject({ error: 'invalid_client', code: 'invalid_client', status: 401 })
  })

  test('that guesses is slowed down, and is let in again later', async ({ server, account }) => {
    const { id, key } = await clientOf(account)
    const guess = () => post(server, 'token', grant, basic(id, `${key.slice(0, -1)}_`))
    const seen: number[] = []
    for (let time = 0; time < 60 && seen.at(-1) !== 429; time++) seen.push((await guess()).status)
    expect([seen[0], seen.at(-1)]).toEqual([401, 429])
    const refused = await post(server, 'token', grant, basic(id, key))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([
      429,
      expect.stringMatching(/^\d+$/),
    ])
    server.platform.clock.advance(6 * 3_600_000)
    expect((await post(server, 'token', grant, basic(id, key))).status).toBe(200)
  })

  test('of an account that is suspended gets no token, and has none that works', async ({
    server,
    account,
  }) => {
    const { form } = await clientOf(account)
    const token = await tokenOf(server, form)
    await server.operator.operator.suspendAccount(account.id, { reason: 'Complaints' })
    expect((await post(server, 'token', { ...grant, ...form })).body.error).toBe('unauthorized_client')
    expect(await status(server, token, '/v1/campaigns')).toBe(403)
  })
})

describe('a token', () => {
  test('says what RFC 9068 asks for, and names nobody', async ({ server, home }) => {
    const { id, form } = await clientOf(home)
    const { header, claims } = partsOf(await tokenOf(server, { ...form, scope: 'contacts:read' }))
    expect(header).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' })
    expect(claims).toMatchObject({
      iss: server.url,
      aud: server.url,
      sub: id,
      client_id: id,
      acc: home.id,
      scope: 'contacts:read',
      jti: expect.any(String),
    })
    expect(Number(claims.exp) - Number(claims.iat)).toBe(600)
    const { body } = await request(`${server.url}/.well-known/jwks.json`)
    expect((body.keys as { kid: string }[]).map(({ kid }) => kid)).toContain(header.kid)
  })

  test('may do what its scope and the key both say, and make no key that may do more', async ({
    server,
    home,
  }) => {
    const { id, form } = await clientOf(home, { role: 'developer' })
    const scope = 'account:read api-keys:manage'
    const api = home.api.with(await tokenOf(server, { ...form, scope }))
    expect((await api.account.get()).id).toBe(home.id)
    const missing = { code: 'permission_missing' }
    expect(await refusal(api.contacts.list().then(() => undefined))).toMatchObject(missing)
    const more = { name: 'more', permissions: ['contacts:read' as const] }
    expect(await refusal(api.apiKeys.create(more))).toMatchObject(missing)
    expect(await refusal(api.apiKeys.rotate(id))).toMatchObject(missing)
    // the key has less by now
    const { pool } = server.platform
    await pool.query(
      `update api_key set role = null, permissions = '{account:read}' where account_id = $1 and id = $2`,
      [home.id, id],
    )
    expect(await refusal(api.apiKeys.list().then(() => undefined))).toMatchObject(missing)
    expect((await api.account.get()).id).toBe(home.id)
  })

  test('ends at once with its key, with the value it was made with, and with the time of the key', async ({
    server,
    home,
  }) => {
    const { id, key, form } = await clientOf(home)
    const first = await tokenOf(server, form)
    const { key: next } = await home.api.apiKeys.rotate(id)
    const second = await tokenOf(server, { client_id: id, client_secret: next })
    expect([await status(server, first), await status(server, second)]).toEqual([200, 200])
    const { key: last } = await home.api.apiKeys.rotate(id, { overlap: 'PT0S' })
    expect([await status(server, first), await status(server, second)]).toEqual([401, 401])
    const old = await post(server, 'token', { ...grant, client_id: id, client_secret: key })
    expect(old.body.error).toBe('invalid_client')
    const third = await tokenOf(server, { client_id: id, client_secret: last })
    await home.api.apiKeys.delete(id)
    expect(await status(server, third)).toBe(401)
    expect((await post(server, 'token', { ...grant, ...form })).status).toBe(401)

    const { clock } = server.platform
    const expiresAt = new Date(clock.now().getTime() + 60_000).toISOString()
    const brief = await tokenOf(server, (await clientOf(home, { role: 'analyst', expiresAt })).form)
    expect(await status(server, brief)).toBe(200)
    clock.advance(60_000)
    expect(await status(server, brief)).toBe(401)
  })

  test('is taken only from the addresses that its key allows', async ({ server, home }) => {
    const { id, form } = await clientOf(home)
    const token = await tokenOf(server, form)
    await server.platform.direct.query(
      `update api_key set allowed_ips = '{203.0.113.0/24}' where account_id = $1 and id = $2`,
      [home.id, id],
    )
    expect(await status(server, token)).toBe(403)
    expect((await post(server, 'token', { ...grant, ...form })).body.error).toBe('unauthorized_client')
  })

  test('made by hand with the right key is taken, and with any one fault it is refused', async ({
    server,
    home,
  }) => {
    const { form } = await clientOf(home)
    const { header, claims } = partsOf(await tokenOf(server, form))
    const [own] = await readTokenKeys(server.platform)
    if (own === undefined) throw new Error('no key')
    const { privateKey, publicKey } = own
    expect(await status(server, jwt(header, claims, ed25519(privateKey)))).toBe(200)

    const now = Math.floor(Date.now() / 1_000)
    const session = partsOf(home.accessToken).claims
    const wrongClaims: Json[] = [
      { iss: 'https://elsewhere.example' },
      { aud: 'https://elsewhere.example' },
      { aud: undefined },
      { exp: now - 1 },
      { exp: undefined },
      { nbf: now + 3_600 },
      { jti: undefined },
      { jti: 'not an id' },
      { scope: undefined },
      { scope: ['account:read'] },
      { cred: undefined },
      { cred: '' },
      { cred: { not: null } },
      { client_id: undefined },
      { sub: session.sub },
      { acc: 'not an id' },
      // of a session and of a client at once
      { sid: session.sid },
    ]
    for (const change of wrongClaims) {
      const token = jwt(header, { ...claims, ...change }, ed25519(privateKey))
      expect([change, await status(server, token)]).toEqual([change, 401])
    }
    for (const typ of ['JWT', 'jwt', undefined])
      expect(await status(server, jwt({ ...header, typ }, claims, ed25519(privateKey)))).toBe(401)
    const secret = publicKey.export({ type: 'spki', format: 'pem' })
    const hmac = (input: Buffer) => createHmac('sha256', secret).update(input).digest()
    const stranger = generateKeyPairSync('ed25519').privateKey
    for (const token of [
      jwt({ ...header, alg: 'none' }, claims, () => Buffer.alloc(0)),
      jwt({ ...header, alg: 'none' }, claims, ed25519(privateKey)),
      jwt({ ...header, alg: 'HS256' }, claims, hmac),
      jwt(header, claims, ed25519(stranger)),
    ])
      expect(await status(server, token)).toBe(401)
  })

  test('of a user who is logged in cannot pass for one of a client, nor the reverse', async ({
    server,
    home,
  }) => {
    const { id, form } = await clientOf(home)
    const [own] = await readTokenKeys(server.platform)
    if (own === undefined) throw new Error('no key')
    const { header, claims } = partsOf(home.accessToken)
    const { claims: clients } = partsOf(await tokenOf(server, form))
    const signed = (made: Json) => jwt(header, made, ed25519(own.privateKey))
    expect(await status(server, signed({ ...claims, sid: undefined, client_id: claims.sub }))).toBe(401)
    expect(await status(server, signed({ ...clients, client_id: undefined, sid: id }))).toBe(401)
    // what asks for a user is refused to a client
    const token = await tokenOf(server, form)
    expect(await status(server, token, '/v1/users/me/totp')).toBe(403)
    // a token is no secret of a client
    const asked = await post(server, 'token', { ...grant, client_id: id, client_secret: token })
    expect(asked.body.error).toBe('invalid_client')
  })

  test('made with a test key is of test mode', async ({ server, home }) => {
    const { form } = await clientOf(home, { role: 'owner', mode: 'test' })
    const api = home.api.with(await tokenOf(server, form))
    expect((await api.apiKeys.create({ name: 'more', role: 'analyst' })).mode).toBe('test')
  })
})

describe('revocation', () => {
  test('ends one token at once, and no other', async ({ server, home }) => {
    const { id, key, form } = await clientOf(home)
    const [one, other] = [await tokenOf(server, form), await tokenOf(server, form)]
    const answers = [
      await post(server, 'revoke', { token: one, token_type_hint: 'access_token' }, basic(id, key)),
      await post(server, 'revoke', { token: one, ...form }),
    ]
    expect(answers.map(({ status, text }) => [status, text])).toEqual(Array(2).fill([200, '']))
    expect([await status(server, one), await status(server, other)]).toEqual([401, 200])
    const events = await server.platform.db.auditEvent.findMany({
      where: { accountId: home.id, action: 'oauth.revoke', targetId: id },
    })
    expect(events).toMatchObject([{ actorType: 'api_key', actorId: id, outcome: 'success' }])
  })

  test('says nothing of what is no token, and refuses that of another client', async ({ server, home }) => {
    const [mine, theirs] = [await clientOf(home), await clientOf(await server.openAccount())]
    const foreign = await tokenOf(server, theirs.form)
    for (const token of ['x', 'a.b.c', home.accessToken, `${foreign.slice(0, -4)}AAAA`])
      expect((await post(server, 'revoke', { token, ...mine.form })).status).toBe(200)
    const refused = await post(server, 'revoke', { token: foreign, ...mine.form })
    expect([refused.status, refused.body.error]).toEqual([400, 'unauthorized_client'])
    expect([await status(server, foreign), await status(server, home.accessToken)]).toEqual([200, 200])
    expect((await post(server, 'revoke', { token: foreign })).status).toBe(401)
    expect((await post(server, 'revoke', mine.form)).body.error).toBe('invalid_request')
  })
})

test('the metadata lead to endpoints that are there', async ({ server }) => {
  const { status: found, body } = await request(`${server.url}/.well-known/oauth-authorization-server`)
  expect([found, body.issuer, body.response_types_supported]).toEqual([200, server.url, []])
  expect(body.grant_types_supported).toEqual(['client_credentials'])
  expect(body.scopes_supported).toContain('contacts:reveal')
  expect((await request(String(body.jwks_uri))).status).toBe(200)
  for (const endpoint of [body.token_endpoint, body.revocation_endpoint])
    expect((await request(String(endpoint), { method: 'POST' })).status).toBe(400)
})

test('the SDK gets a token by itself, one for all that ask at once, and another one when it is refused', async ({
  server,
  home,
}) => {
  const { id, key } = await clientOf(home)
  const asked: string[] = []
  let bearer = ''
  const envoi = createEnvoi({
    baseUrl: server.url,
    clientId: id,
    clientSecret: key,
    fetch: (input, init) => {
      asked.push(new URL(String(input)).pathname)
      bearer = new Headers(init?.headers).get('authorization')?.slice('Bearer '.length) ?? bearer
      return fetch(input, init)
    },
  })
  await Promise.all([envoi.account.get(), envoi.account.get(), envoi.campaigns.list()])
  await envoi.account.get()
  expect(asked.filter((path) => path === '/v1/oauth/token')).toHaveLength(1)
  // the token ends before its time: one call is refused, and the next one has another
  await server.platform.direct.query(
    `insert into revoked_token (account_id, id, api_key_id, expires_at)
     select account_id, $3, id, now() from api_key where account_id = $1 and id = $2`,
    [home.id, id, partsOf(bearer).claims.jti],
  )
  expect(await refusal(envoi.account.get())).toMatchObject({ code: 'unauthenticated' })
  expect((await envoi.account.get()).id).toBe(home.id)
  const wrong = createEnvoi({ baseUrl: server.url, clientId: id, clientSecret: 'guessed', maxRetries: 0 })
  expect(await refusal(wrong.account.get())).toMatchObject({ code: 'invalid_client' })
})
