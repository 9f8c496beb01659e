import { vi } from 'vitest'
import { enrol } from '../support/authenticator.ts'
import { test as base, describe, expect, type TestAccount, type TestServer } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { type Lie, registerPasskey, softwarePasskey } from '../support/software-passkey.ts'

// many requests, on a machine that may be busy
vi.setConfig({ testTimeout: 240_000 })

/** Each test begins without a failure: they all come from one network. */
const test = base.extend<{ forgiven: boolean }>({
  forgiven: [
    async ({ server }, use) => {
      await server.platform.direct.query('delete from login_throttle')
      await use(true)
    },
    { auto: true },
  ],
})

const credentials = ({ ownerEmail, ownerPassword: password }: TestAccount) => ({
  email: ownerEmail,
  password,
})

const login = ({ url }: TestServer, account: TestAccount, more: object = {}) =>
  request(`${url}/v1/sessions`, { body: { ...credentials(account), ...more } })

const options = async ({ url }: TestServer, account: TestAccount) =>
  (await request(`${url}/v1/sessions/passkey-options`, { body: credentials(account) })).body as {
    challenge?: string
    allowCredentials?: { id: string }[]
  }

describe('a user with a passkey', () => {
  test('logs in with it, and not without', async ({ server, account }) => {
    const passkey = await registerPasskey(server, account)
    expect(await login(server, account)).toMatchObject({
      status: 401,
      body: { code: 'second_factor_required', detail: 'The user has `passkey`.' },
    })
    const asked = await options(server, account)
    expect(asked).toMatchObject({ rpId: '127.0.0.1', allowCredentials: [{ type: 'public-key' }] })
    expect((await login(server, account, { passkey: passkey.get(asked) })).status).toBe(201)
    expect((await account.api.sessions.list()).data[0]?.secondFactor).toBe('passkey')
    expect((await account.api.passkeys.list()).data[0]).toMatchObject({ name: 'Laptop', isSynced: false })
    expect((await account.api.passkeys.list()).data[0]?.lastUsedAt).not.toBeNull()
  })

  test('answers each challenge once, and in time', async ({ server, account }) => {
    const passkey = await registerPasskey(server, account)
    const answer = passkey.get(await options(server, account))
    const answers = await Promise.all([1, 2, 3, 4].map(() => login(server, account, { passkey: answer })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401])
    const late = await options(server, account)
    server.platform.clock.advance(5 * 60_000)
    expect((await login(server, account, { passkey: passkey.get(late) })).body.code).toBe(
      'second_factor_invalid',
    )
  })

  const lies: [string, Lie][] = [
    ['another origin', { origin: 'https://envoi.example.evil.example' }],
    ['another host', { rpId: 'evil.example' }],
    ['a challenge of its own', { challenge: Buffer.alloc(32, 1).toString('base64url') }],
    ['a registration', { type: 'webauthn.create' }],
    ['another key', { forge: true }],
    ['nobody at the device', { flags: 0 }],
    ['a counter that went back', { counter: 0 }],
  ]
  for (const [what, lie] of lies)
    test(`is not let in by an answer with ${what}`, async ({ server, account }) => {
      const passkey = await registerPasskey(server, account)
      // counters begin to count with the first use
      expect(
        (await login(server, account, { passkey: passkey.get(await options(server, account)) })).status,
      ).toBe(201)
      const wrong = passkey.get(await options(server, account), lie)
      expect((await login(server, account, { passkey: wrong })).body.code).toBe('second_factor_invalid')
      const right = passkey.get(await options(server, account))
      expect((await login(server, account, { passkey: right })).status).toBe(201)
    })

  test("is not let in by another user's passkey, or one that nobody has registered", async ({
    server,
    account,
  }) => {
    const other = await server.openAccount()
    const theirs = await registerPasskey(server, other)
    await registerPasskey(server, account)
    const asked = await options(server, account)
    for (const passkey of [theirs, softwarePasskey(server)])
      expect((await login(server, account, { passkey: passkey.get(asked) })).body.code).toBe(
        'second_factor_invalid',
      )
  })

  test('is not let in by the answer to a challenge of another one, or of a registration', async ({
    server,
    account,
  }) => {
    const other = await server.openAccount()
    await registerPasskey(server, other)
    const passkey = await registerPasskey(server, account)
    const theirs = await options(server, other)
    const registering = await account.api.passkeys.begin({ password: account.ownerPassword })
    for (const asked of [theirs, registering])
      expect((await login(server, account, { passkey: passkey.get(asked) })).body.code).toBe(
        'second_factor_invalid',
      )
  })

  test('is told nothing of their passkeys before the password was right', async ({ server, account }) => {
    await registerPasskey(server, account)
    const ask = (email: string) =>
      request(`${server.url}/v1/sessions/passkey-options`, { body: { email, password: 'guessed it' } })
    const { instance: _, ...known } = (await ask(account.ownerEmail)).body
    const { instance: __, ...unknown } = (await ask('nobody@example.com')).body
    expect(known).toMatchObject({ status: 401, code: 'invalid_credentials' })
    expect(known).toEqual(unknown)
  })

  test('may have codes besides, and logs in with either', async ({ server, account }) => {
    const passkey = await registerPasskey(server, account)
    const app = await enrol(server, account)
    expect((await login(server, account)).body.detail).toBe('The user has `totp` and `passkey`.')
    expect((await login(server, account, { totp: app.next() })).status).toBe(201)
    expect(
      (await login(server, account, { passkey: passkey.get(await options(server, account)) })).status,
    ).toBe(201)
  })

  test('gets in with a recovery code when it is lost', async ({ server, account }) => {
    const { id, recoveryCodes } = await registerPasskey(server, account)
    expect(recoveryCodes).toHaveLength(10)
    expect((await login(server, account, { totp: recoveryCodes[0] })).status).toBe(201)
    await expect(account.api.passkeys.delete(id, { password: 'guessed it' })).rejects.toMatchObject({
      status: 422,
    })
    await account.api.passkeys.delete(id, { password: account.ownerPassword })
    expect((await account.api.totp.get()).recoveryCodesLeft).toBe(0)
    expect((await login(server, account)).status).toBe(201)
  })

  test('has what an account asks for that requires a second factor', async ({ server, account }) => {
    await account.api.account.update({ security: { requireTotp: true } })
    await expect(account.api.account.get()).rejects.toMatchObject({ code: 'enrolment_required' })
    await registerPasskey(server, account)
    await expect(account.api.account.get()).resolves.toBeDefined()
  })
})

describe('a passkey', () => {
  for (const [what, lie] of [
    ['another origin', { origin: 'https://evil.example' }],
    ['another host', { rpId: 'evil.example' }],
    ['a challenge of its own', { challenge: Buffer.alloc(32, 1).toString('base64url') }],
    ['a login', { type: 'webauthn.get' }],
    ['nobody at the device', { flags: 64 }],
  ] as [string, Lie][])
    test(`is not registered with ${what}`, async ({ server, account }) => {
      const asked = await account.api.passkeys.begin({ password: account.ownerPassword })
      const passkey = softwarePasskey(server)
      await expect(
        account.api.passkeys.create({ name: 'Laptop', credential: passkey.create(asked, lie) }),
      ).rejects.toMatchObject({ status: 422, problem: { errors: [{ pointer: '/credential' }] } })
      expect((await account.api.passkeys.list()).data).toEqual([])
    })

  test('is registered once, and for one challenge', async ({ server, account }) => {
    const passkey = softwarePasskey(server)
    const begin = () => account.api.passkeys.begin({ password: account.ownerPassword })
    const credential = passkey.create(await begin())
    await account.api.passkeys.create({ name: 'Laptop', credential })
    await expect(account.api.passkeys.create({ name: 'Again', credential })).rejects.toMatchObject({
      status: 422,
    })
    const again = passkey.create(await begin())
    await expect(account.api.passkeys.create({ name: 'Again', credential: again })).rejects.toMatchObject({
      status: 409,
    })
  })

  test('is registered and deleted by who knows the password, and is nothing that a key has', async ({
    account,
  }) => {
    await expect(account.api.passkeys.begin({ password: 'guessed it' })).rejects.toMatchObject({
      status: 422,
    })
    const key = await account.as({ role: 'owner' })
    await expect(key.passkeys.list()).rejects.toMatchObject({ status: 403 })
  })

  test('that is nonsense is refused, not a failure of ours', async ({ server, account }) => {
    await registerPasskey(server, account)
    const response = { clientDataJSON: 'AAAA', authenticatorData: '', signature: 'AAAA' }
    const { allowCredentials } = await options(server, account)
    const id = allowCredentials?.[0]?.id ?? ''
    for (const given of [
      { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} },
      { id: '', rawId: '', type: 'public-key', response, clientExtensionResults: {} },
      { id, rawId: 'other', type: 'public-key', response, clientExtensionResults: {} },
    ])
      expect((await login(server, account, { passkey: given })).status).toBe(401)
    expect((await login(server, account, { passkey: { id } })).status).toBe(400)
    expect((await login(server, account, { passkey: 'AAAA' })).status).toBe(400)
  })
})
