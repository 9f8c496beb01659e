import type { OperationSpec } from '@envoi/openapi'
import { enrol } from '../support/authenticator.ts'
import { describe, expect, test } from '../support/fixture.ts'
import { type RawAnswer, request } from '../support/request.ts'
import { registerPasskey, softwarePasskey } from '../support/software-passkey.ts'
import type { Scene } from './make.ts'
import { allOperations, type OperationId } from './operations.ts'

/** Tries a wrong value once, `nth` of several. */
type Guess = (nth: number) => Promise<RawAnswer>

/**
 * What may be guessed at: how to do it, after what is needed for it. `new`: whoever calls chooses it. `random`: 128 bits or more
 * that we have made, and have authenticated before they have an effect; requests are counted by network
 * (test/src/api/limits.test.ts).
 */
type Verdict = ((scene: Scene) => Promise<Guess>) | 'new' | 'random'

const guessing =
  (method: string, path: string, body: (nth: number, scene: Scene) => object, isPublic = false) =>
  async (scene: Scene): Promise<Guess> => {
    const token = isPublic ? undefined : scene.account.accessToken
    return (nth) => request(scene.server.url + path, { method, token, body: body(nth, scene) })
  }
const after =
  (prepare: (scene: Scene) => Promise<unknown>, guess: (scene: Scene) => Promise<Guess>) =>
  async (scene: Scene) => {
    await prepare(scene)
    return guess(scene)
  }

const wrong = (nth: number) => `guess number ${nth}`
const code = (nth: number) => String(nth).padStart(6, '0')
const login = (more: (nth: number, scene: Scene) => object) =>
  guessing(
    'POST',
    '/v1/sessions',
    (nth, scene) => ({
      email: scene.account.ownerEmail,
      password: scene.account.password,
      ...more(nth, scene),
    }),
    true,
  )
const enrolled = ({ server, account }: Scene) => enrol(server, account)
const client = (form: object) => async (scene: Scene) => {
  const { id } = await scene.account.api.apiKeys.create({ name: 'client', role: 'analyst' })
  const path = 'token' in form ? '/v1/oauth/revoke' : '/v1/oauth/token'
  return (nth: number) =>
    request(scene.server.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_id: id, client_secret: wrong(nth), ...form }).toString(),
    })
}

/** Every secret that an operation takes, as `<operation> <pointer>`. A new one fails the test below until it stands here. */
const secrets: Record<string, Verdict> = {
  'accounts.create /owner/password': 'new',
  'accountClosure.request /password': guessing('POST', '/v1/account/closure', (nth) => ({
    confirm: 'Atelier Ada',
    password: wrong(nth),
  })),
  'accountClosure.request /totp': after(
    enrolled,
    guessing('POST', '/v1/account/closure', (nth) => ({ confirm: 'Atelier Ada', totp: code(nth) })),
  ),
  'users.changePassword /currentPassword': guessing('POST', '/v1/users/me/password', (nth) => ({
    currentPassword: wrong(nth),
  })),
  'users.changePassword /newPassword': 'new',
  'invitations.accept /token': 'random',
  'invitations.accept /password': 'new',
  'passwordResets.complete /token': 'random',
  'passwordResets.complete /password': 'new',
  'sessions.create /password': login((nth) => ({ password: wrong(nth) })),
  'sessions.create /totp': after(
    enrolled,
    login((nth) => ({ totp: code(nth) })),
  ),
  'sessions.create /passkey': after(
    async ({ server, account }) => registerPasskey(server, account),
    login((_, { server }) => ({ passkey: softwarePasskey(server).get({ challenge: 'AAAA' }) })),
  ),
  'sessions.passkeyOptions /password': guessing(
    'POST',
    '/v1/sessions/passkey-options',
    (nth, { account }) => ({ email: account.ownerEmail, password: wrong(nth) }),
    true,
  ),
  'sessions.refresh /refreshToken': 'random',
  'sessions.prove /password': guessing('POST', '/v1/sessions/proof', (nth) => ({ password: wrong(nth) })),
  'sessions.prove /totp': after(
    enrolled,
    guessing('POST', '/v1/sessions/proof', (nth, { account: { password } }) => ({
      password,
      totp: code(nth),
    })),
  ),
  'sessions.prove /passkey': after(
    async ({ server, account }) => registerPasskey(server, account),
    guessing('POST', '/v1/sessions/proof', (_, { server, account: { password } }) => ({
      password,
      passkey: softwarePasskey(server).get({ challenge: 'AAAA' }),
    })),
  ),
  'totp.begin /password': guessing('POST', '/v1/users/me/totp', (nth) => ({ password: wrong(nth) })),
  'totp.confirm /code': after(
    ({ account }) => account.api.totp.begin({ password: account.password }),
    guessing('POST', '/v1/users/me/totp/confirm', (nth) => ({ code: code(nth) })),
  ),
  'totp.regenerateRecoveryCodes /totp': after(
    enrolled,
    guessing('POST', '/v1/users/me/totp/recovery-codes', (nth) => ({ totp: code(nth) })),
  ),
  'totp.disable /totp': after(
    enrolled,
    guessing('DELETE', '/v1/users/me/totp', (nth) => ({ totp: code(nth) })),
  ),
  'passkeys.begin /password': guessing('POST', '/v1/users/me/passkeys/options', (nth) => ({
    password: wrong(nth),
  })),
  'passkeys.create /credential': guessing('POST', '/v1/users/me/passkeys', (_, { server }) => ({
    name: 'Laptop',
    credential: softwarePasskey(server).create({ challenge: 'AAAA' }),
  })),
  'passkeys.delete /password': async ({ server, account }) => {
    const { id } = await registerPasskey(server, account)
    return (nth) =>
      request(`${server.url}/v1/users/me/passkeys/${id}`, {
        method: 'DELETE',
        token: account.accessToken,
        body: { password: wrong(nth) },
      })
  },
  'oauth.token /client_secret': client({ grant_type: 'client_credentials' }),
  'oauth.revoke /client_secret': client({ token: 'any' }),
  'oauth.revoke /token': 'random',
}

const secretName = /pass|totp|^code$|token$|secret|credential|proof$|pin$|otp/i

/** Pointers to the members of a body whose names say that they are secret. */
function secretsIn(schema: OperationSpec['body'], at = ''): string[] {
  const properties = (schema?.properties ?? {}) as Record<string, NonNullable<OperationSpec['body']>>
  return Object.entries(properties).flatMap(([name, member]) =>
    secretName.test(name) && member.type !== 'boolean'
      ? [`${at}/${name}`]
      : secretsIn(member, `${at}/${name}`),
  )
}

test('the list of secrets that operations take is complete', () => {
  const taken = allOperations.flatMap(({ id, operation: { body, form } }) =>
    secretsIn(body ?? form).map((pointer) => `${id satisfies OperationId} ${pointer}`),
  )
  expect(taken.sort()).toEqual(Object.keys(secrets).sort())
})

/** More than are free for a user; and for a network, of clients. */
const patience = (id: string) => (id.startsWith('oauth.') ? 40 : 8)

describe('guessing is slowed down', () => {
  for (const [id, verdict] of Object.entries(secrets)) {
    if (typeof verdict === 'string') continue
    test(`at ${id}`, async ({ server, account }) => {
      server.platform.clock.stopAt(server.platform.clock.now())
      await server.platform.direct.query('delete from login_throttle')
      const guess = await verdict({ server, account })
      const statuses: number[] = []
      for (let nth = 0; nth < patience(id) && statuses.at(-1) !== 429; nth++)
        statuses.push((await guess(nth)).status)
      expect(statuses.at(-1)).toBe(429)
      // a few are free, and judged
      expect(statuses.length).toBeGreaterThan(4)
      expect(statuses.slice(0, -1).every((status) => status === 401 || status === 422)).toBe(true)
    })
  }
})

test('being right about one secret forgives no guesses at another', async ({ server, account }) => {
  server.platform.clock.stopAt(server.platform.clock.now())
  const { accessToken: token, password } = account
  const app = await enrol(server, account)
  const disable = (totp: string) =>
    request(`${server.url}/v1/users/me/totp`, { method: 'DELETE', token, body: { totp } })
  const statuses: number[] = []
  for (let nth = 0; nth < 8; nth++) {
    statuses.push((await disable(code(nth))).status)
    // whoever has found the session knows the password too
    await account.api.passkeys.begin({ password })
  }
  expect(statuses.at(-1)).toBe(429)
  expect((await disable(app.recoveryCodes[0] ?? '')).status).toBe(429)
})
