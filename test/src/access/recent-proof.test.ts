/** An open session alone gives nobody access that outlives it. */
import { callByExample } from '../contract/call.ts'
import { allOperations } from '../contract/operations.ts'
import { enrol } from '../support/authenticator.ts'
import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

const minute = 60_000
const protectedOnes = allOperations.filter(({ operation }) => operation.recentProof !== undefined)

const makeKey = ({ url }: TestServer, token: string, headers: Record<string, string> = {}) =>
  request(`${url}/v1/api-keys`, { token, headers, body: { name: 'key', role: 'analyst' } })
const prove = ({ url }: TestServer, token: string, body: object) =>
  request(`${url}/v1/sessions/proof`, { token, body })

/** A session of the owner that was opened a while ago, with an access token that has not ended. */
async function left(
  { url, platform }: TestServer,
  { ownerEmail: email, ownerPassword: password }: TestAccount,
  totp?: string,
) {
  const { body } = await request(`${url}/v1/sessions`, { body: { email, password, totp } })
  const { accessToken, refreshToken } = body as { accessToken: string; refreshToken: string }
  platform.clock.advance(15 * minute)
  return { accessToken, refreshToken }
}

test('what gives access to others, or changes who has it, takes a recent proof', () => {
  expect(protectedOnes.map(({ id, operation }) => [id, operation.recentProof])).toEqual([
    ['account.update', ['security']],
    ['users.create', true],
    ['users.update', ['role', 'permissions']],
    ['users.reactivate', true],
    ['users.transferOwnership', true],
    ['totp.reset', true],
    ['apiKeys.create', true],
    ['apiKeys.rotate', true],
  ])
})

describe('in a session that was left open', () => {
  for (const named of protectedOnes)
    test(`${named.id} is refused, whatever it is about`, async ({ server, account }) => {
      const key = await account.key({ role: 'owner' })
      const { accessToken } = await left(server, account)
      const refused = await callByExample(server.url, accessToken, named)
      expect([refused.status, refused.problem?.code]).toEqual([403, 'proof_required'])
      // a login a moment ago is a proof, and a key is all the proof that a program has
      for (const token of [(await account.login()).accessToken, key])
        expect((await callByExample(server.url, token, named)).problem?.code).not.toBe('proof_required')
    })

  test('the rest goes on, also of what is partly protected', async ({ server, account }) => {
    const { accessToken: token } = await left(server, account)
    const patch = (path: string, body: object) => request(server.url + path, { method: 'PATCH', token, body })
    const { body } = await request(`${server.url}/v1/users/me`, { token })
    expect((await patch('/v1/account', { name: 'Atelier Grace' })).status).toBe(200)
    expect((await patch(`/v1/users/${body.id}`, { firstName: 'Augusta' })).status).toBe(200)
    expect((await patch('/v1/account', { name: 'Atelier', security: {} })).status).toBe(403)
  })

  test('the password is a proof for a quarter of an hour, in this session only; a renewal is none', async ({
    server,
    account,
  }) => {
    const { accessToken: other } = await account.login()
    const { accessToken, refreshToken } = await left(server, account)
    const renewed = await request(`${server.url}/v1/sessions/refresh`, { body: { refreshToken } })
    const token = String(renewed.body.accessToken)
    const idempotency = { 'idempotency-key': 'once' }
    expect((await makeKey(server, token, idempotency)).status).toBe(403)
    expect((await prove(server, token, { password: 'guessed it' })).body.errors).toMatchObject([
      { pointer: '/password' },
    ])
    expect((await makeKey(server, token)).status).toBe(403)
    const proven = await prove(server, token, { password: account.ownerPassword })
    expect(proven.status).toBe(200)
    // the refusal was not kept
    expect((await makeKey(server, token, idempotency)).status).toBe(201)
    expect((await makeKey(server, accessToken)).status).toBe(201)
    expect((await makeKey(server, other)).status).toBe(403)
    server.platform.clock.advance(
      Date.parse(String(proven.body.provenUntil)) - server.platform.clock.now().getTime(),
    )
    expect((await makeKey(server, token)).status).toBe(403)
  })

  test('the password alone is none for a user with a second factor', async ({ server, account }) => {
    const app = await enrol(server, account)
    const { accessToken: token } = await left(server, account, app.next())
    const { ownerPassword: password } = account
    expect((await prove(server, token, { password })).body.errors).toMatchObject([{ pointer: '/totp' }])
    expect((await prove(server, token, { password, totp: '000000' })).status).toBe(422)
    expect((await makeKey(server, token)).status).toBe(403)
    expect((await prove(server, token, { password, totp: app.next() })).status).toBe(200)
    expect((await makeKey(server, token)).status).toBe(201)
  })

  test('a key has no session to prove', async ({ server, account }) => {
    const key = await account.key({ role: 'owner' })
    expect((await prove(server, key, { password: account.ownerPassword })).status).toBe(403)
  })
})
