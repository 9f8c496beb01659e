import { vi } from 'vitest'
import { codeAt, enrol } from '../support/authenticator.ts'
import { test as base, describe, expect, type TestAccount, type TestServer } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { anyone, linkIn, mailsTo, userWith } from '../users/people.ts'

// many requests, on a machine that may be busy
vi.setConfig({ testTimeout: 240_000 })

const login = (
  { url }: TestServer,
  { ownerEmail, ownerPassword: password }: TestAccount,
  more: object = {},
) => request(`${url}/v1/sessions`, { body: { email: ownerEmail, password, ...more } })

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

const statusWith = async ({ url }: TestServer, token: unknown, path = '/v1/account') =>
  (await request(url + path, { token: String(token) })).status

describe('a user with an authenticator app', () => {
  test('logs in with a code, and not without', async ({ server, account }) => {
    const app = await enrol(server, account)
    expect(await login(server, account)).toMatchObject({
      status: 401,
      body: { code: 'second_factor_required' },
    })
    expect(await login(server, account, { totp: '000000' })).toMatchObject({
      status: 401,
      body: { code: 'second_factor_invalid' },
    })
    const { status, body } = await login(server, account, { totp: app.next() })
    expect(status).toBe(201)
    expect(await statusWith(server, body.accessToken)).toBe(200)
    expect((await account.api.sessions.list()).data[0]?.secondFactor).toBe('totp')
  })

  test('is not asked for a code before the password was right', async ({ server, account }) => {
    const app = await enrol(server, account)
    for (const totp of [undefined, app.next(), '000000'])
      expect(await login(server, account, { password: 'guessed it', totp })).toMatchObject({
        status: 401,
        body: { code: 'invalid_credentials' },
      })
  })

  test('uses each code once: a copy of it opens nothing', async ({ server, account }) => {
    const app = await enrol(server, account)
    // the code that confirmed the app is used up as well
    expect((await login(server, account, { totp: app.now() })).body.code).toBe('second_factor_invalid')
    const totp = app.next()
    expect((await login(server, account, { totp })).status).toBe(201)
    expect((await login(server, account, { totp })).body.code).toBe('second_factor_invalid')
    // nor one of the step before, which is within the window
    const earlier = codeAt(app.secret, new Date(server.platform.clock.now().getTime() - 30_000))
    expect((await login(server, account, { totp: earlier })).body.code).toBe('second_factor_invalid')
    expect((await login(server, account, { totp: app.next() })).status).toBe(201)
  })

  test('uses each code once, also when it is sent a hundred times at once', async ({ server, account }) => {
    const app = await enrol(server, account)
    const totp = app.next()
    const answers = await Promise.all(Array.from({ length: 100 }, () => login(server, account, { totp })))
    const count = (status: number) => answers.filter((answer) => answer.status === status).length
    expect(count(201)).toBe(1)
    expect(count(401) + count(429)).toBe(99)
  })

  test('uses each code once, also past the throttle', async ({ server, account }) => {
    const app = await enrol(server, account)
    const code = app.next()
    const ask = () =>
      request(`${server.url}/v1/users/me/totp/recovery-codes`, {
        token: account.accessToken,
        body: { totp: code },
      })
    const answers = await Promise.all(Array.from({ length: 5 }, ask))
    expect(answers.map(({ status, body }) => body.code ?? status).sort()).toEqual([
      200,
      'invalid',
      'invalid',
      'invalid',
      'invalid',
    ])
  })

  test('may type blanks, and have a clock that is half a minute off', async ({ server, account }) => {
    const app = await enrol(server, account)
    const code = app.next()
    expect((await login(server, account, { totp: `${code.slice(0, 3)} ${code.slice(3)}` })).status).toBe(201)
    const later = codeAt(app.secret, new Date(server.platform.clock.now().getTime() + 30_000))
    expect((await login(server, account, { totp: later })).status).toBe(201)
    const muchLater = codeAt(app.secret, new Date(server.platform.clock.now().getTime() + 120_000))
    expect((await login(server, account, { totp: muchLater })).status).toBe(401)
  })

  test('cannot be guessed at: wrong codes are slowed down as wrong passwords are', async ({
    server,
    account,
  }) => {
    server.platform.clock.stopAt(server.platform.clock.now())
    await enrol(server, account)
    const statuses: number[] = []
    for (let time = 0; time < 8; time++) {
      // asking what is missing in between forgives nothing
      await login(server, account)
      statuses.push((await login(server, account, { totp: `00000${time}` })).status)
    }
    expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401])
    expect(statuses.at(-1)).toBe(429)
  })

  test('has a record of what was tried', async ({ server, account }) => {
    const app = await enrol(server, account)
    await login(server, account)
    await login(server, account, { totp: '000000' })
    await login(server, account, { totp: app.next() })
    const { data } = await account.api.auditEvents.list({ action: 'sessions.create' })
    expect(data.map(({ outcome }) => outcome).slice(0, 3)).toEqual([
      'success',
      'failure',
      'second_factor_required',
    ])
    const actions = (await account.api.auditEvents.list()).data.map(({ action, changed }) => [
      action,
      changed,
    ])
    expect(actions).toContainEqual(['totp.confirm', ['totp', 'recoveryCodes']])
    expect(JSON.stringify(data)).not.toContain(app.secret)
  })
})

describe('recovery codes', () => {
  test('let in who has lost the app, each once, and are counted', async ({ server, account }) => {
    const { recoveryCodes } = await enrol(server, account)
    expect(new Set(recoveryCodes).size).toBe(10)
    const [first = '', second = ''] = recoveryCodes
    expect(first).toMatch(/^([0-9a-z]{4}-){3}[0-9a-z]{4}$/)
    expect((await login(server, account, { totp: first })).status).toBe(201)
    expect((await login(server, account, { totp: first })).body.code).toBe('second_factor_invalid')
    // as people copy them
    expect((await login(server, account, { totp: second.toUpperCase().replaceAll('-', ' ') })).status).toBe(
      201,
    )
    expect((await account.api.totp.get()).recoveryCodesLeft).toBe(8)
    expect((await account.api.sessions.list()).data[0]?.secondFactor).toBe('recovery_code')
    const [event] = (await account.api.auditEvents.list({ action: 'sessions.create' })).data
    expect(event?.changed).toEqual(['recoveryCodes'])
  })

  test('are good once, also when one is sent by many at once', async ({ server, account }) => {
    const { recoveryCodes } = await enrol(server, account)
    const totp = recoveryCodes[3]
    const answers = await Promise.all(Array.from({ length: 5 }, () => login(server, account, { totp })))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  })

  test('are replaced by new ones, for who shows a code', async ({ server, account }) => {
    const app = await enrol(server, account)
    await expect(account.api.totp.regenerateRecoveryCodes({ totp: '000000' })).rejects.toMatchObject({
      status: 422,
      problem: { errors: [{ pointer: '/totp' }] },
    })
    const { recoveryCodes } = await account.api.totp.regenerateRecoveryCodes({ totp: app.next() })
    expect((await login(server, account, { totp: app.recoveryCodes[0] })).status).toBe(401)
    expect((await login(server, account, { totp: recoveryCodes[0] })).status).toBe(201)
  })

  test("are the user's own", async ({ server, account }) => {
    const other = await server.openAccount()
    const mine = await enrol(server, account)
    await enrol(server, other)
    expect((await login(server, other, { totp: mine.recoveryCodes[0] })).status).toBe(401)
    expect((await login(server, account, { totp: mine.recoveryCodes[0] })).status).toBe(201)
  })
})

describe('an app', () => {
  test('is set up by who knows the password, and counts from its first code on', async ({
    server,
    account,
  }) => {
    const wrong = await request(`${server.url}/v1/users/me/totp`, {
      token: account.accessToken,
      body: { password: 'guessed it' },
    })
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/password' }] } })
    const { secret, url } = await account.api.totp.begin({ password: account.ownerPassword })
    expect(new URL(url).searchParams.get('secret')).toBe(secret)
    expect((await account.api.totp.get()).enabledAt).toBeNull()
    expect((await login(server, account)).status).toBe(201)
    // begun again: the first secret is worth nothing
    const again = await account.api.totp.begin({ password: account.ownerPassword })
    const confirm = (key: string) =>
      account.api.totp.confirm({ code: codeAt(key, server.platform.clock.now()) })
    await expect(confirm(secret)).rejects.toMatchObject({ status: 422 })
    await confirm(again.secret)
    expect((await account.api.totp.get()).enabledAt).not.toBeNull()
    expect((await login(server, account)).body.code).toBe('second_factor_required')
    await expect(account.api.totp.begin({ password: account.ownerPassword })).rejects.toMatchObject({
      code: 'totp_enabled',
    })
  })

  test('is confirmed once, however many confirm it at once', async ({ server, account }) => {
    const { secret } = await account.api.totp.begin({ password: account.ownerPassword })
    const code = codeAt(secret, server.platform.clock.now())
    const confirm = () =>
      request(`${server.url}/v1/users/me/totp/confirm`, { token: account.accessToken, body: { code } })
    const answers = await Promise.all([confirm(), confirm(), confirm(), confirm()])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
    expect((await account.api.totp.get()).recoveryCodesLeft).toBe(10)
  })

  test('is ended by who can show a code, and the recovery codes with it', async ({ server, account }) => {
    const app = await enrol(server, account)
    await expect(account.api.totp.disable({ totp: '000000' })).rejects.toMatchObject({ status: 422 })
    await account.api.totp.disable({ totp: app.recoveryCodes[0] ?? '' })
    expect(await account.api.totp.get()).toEqual({ enabledAt: null, recoveryCodesLeft: 0 })
    expect((await login(server, account)).status).toBe(201)
    await expect(account.api.totp.disable({ totp: app.next() })).rejects.toMatchObject({ status: 404 })
  })

  test('is nothing that a key has', async ({ account }) => {
    const key = await account.as({ role: 'owner' })
    await expect(key.totp.get()).rejects.toMatchObject({ status: 403, code: 'permission_missing' })
    await expect(key.totp.begin({ password: account.ownerPassword })).rejects.toMatchObject({ status: 403 })
  })

  test('leaves neither its secret nor a recovery code in the tables or the log', async ({
    server,
    account,
  }) => {
    const app = await enrol(server, account)
    const [row] = await server.platform.db.totp.findMany({ where: { accountId: account.id } })
    const codes = await server.platform.db.recoveryCode.findMany({ where: { accountId: account.id } })
    const kept = JSON.stringify([row, codes], (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    )
    expect(kept).not.toContain(app.secret)
    for (const code of app.recoveryCodes) expect(kept + server.logs.join()).not.toContain(code)
    expect(server.logs.join()).not.toContain(app.secret)
  })

  test("does not open for another user's row: seeds are sealed for their own", async ({
    server,
    account,
  }) => {
    const other = await server.openAccount()
    const app = await enrol(server, account)
    await enrol(server, other)
    const { pool } = server.platform
    await pool.query(
      `update totp set seed = (select seed from totp where account_id = $1), last_step = null where account_id = $2`,
      [account.id, other.id],
    )
    expect((await login(server, other, { totp: app.next() })).status).toBe(500)
  })
})

const newPassword = 'brisk-heron-58-teapot'

/** Chooses another password by the link in the mail, and logs in with it. */
async function startOver(server: TestServer, { email }: { email: string }) {
  const { token } = await linkIn(server, email, 'passwordReset')
  await anyone(server).passwordResets.complete({ token, password: newPassword })
  return request(`${server.url}/v1/sessions`, { body: { email, password: newPassword } })
}

describe('a user who has lost everything', () => {
  test('gets in again when another one has taken the second factors away', async ({ server, account }) => {
    const grace = await userWith({ server, account })
    await enrol(server, { ...account, api: grace.api, ownerPassword: grace.password })
    await expect(grace.login()).rejects.toMatchObject({ code: 'second_factor_required' })
    const manager = await account.as({ role: 'admin' })
    await manager.totp.reset(grace.id)
    // whoever holds a session has it no more
    await expect(grace.api.users.me()).rejects.toMatchObject({ status: 401 })
    // nor is knowing the password enough: the mailbox proves who it is
    await expect(grace.login()).rejects.toMatchObject({ code: 'invalid_credentials' })
    const { body } = await startOver(server, grace)
    expect(body.enrolmentRequired).toBe(true)
    // the account requires no second factor, and yet one comes before anything else
    expect(await statusWith(server, body.accessToken, '/v1/users/me')).toBe(403)
    await enrol(server, {
      ...account,
      api: anyone(server).with(String(body.accessToken)),
      ownerPassword: newPassword,
    })
    expect(await statusWith(server, body.accessToken, '/v1/users/me')).toBe(200)
  })

  test('is told of it, as is everybody who answers for the account', async ({ server, account }) => {
    const scene = { server, account }
    const [grace, admin] = [await userWith(scene), await userWith(scene, { role: 'admin' })]
    const stranger = await userWith(scene)
    await admin.api.totp.reset(grace.id)
    const told = async (email: string) => {
      const mails = await Promise.all((await mailsTo(server, email)).map((mail) => mail.parsed()))
      return mails.filter(({ subject }) => subject?.includes('seconds facteurs')).map(({ text }) => text)
    }
    for (const email of [grace.email, admin.email, account.ownerEmail]) {
      const [text, ...more] = await told(email)
      expect(more).toEqual([])
      expect(text).toContain(grace.email)
      expect(text).toContain(admin.email)
    }
    expect(await told(stranger.email)).toEqual([])
  })

  test('is not reset by a test key, of which nobody would be told', async ({ server, account }) => {
    const grace = await userWith({ server, account })
    const { key } = await account.api.apiKeys.create({ name: 'test', role: 'admin', mode: 'test' })
    await expect(anyone(server).with(key).totp.reset(grace.id)).rejects.toMatchObject({
      code: 'permission_missing',
    })
    await grace.login()
  })

  test('gains nothing by a colleague who takes them away in return', async ({ server, account }) => {
    const scene = { server, account }
    const [one, other] = [await userWith(scene, { role: 'admin' }), await userWith(scene, { role: 'admin' })]
    await enrol(server, { ...account, api: one.api, ownerPassword: one.password })
    await other.api.totp.reset(one.id)
    const { body } = await startOver(server, one)
    // who has none may not take away others'
    await expect(anyone(server).with(String(body.accessToken)).totp.reset(other.id)).rejects.toMatchObject({
      code: 'enrolment_required',
    })
  })

  test('is nobody whom one may not manage: who may do more, or oneself', async ({ server, account }) => {
    const grace = await userWith({ server, account })
    const { id: owner } = await account.api.users.me()
    await enrol(server, account)
    const lesser = await account.as({ permissions: ['users:manage'] })
    const admin = await userWith({ server, account }, { role: 'admin' })
    // a key is no owner, whatever its role
    const key = await account.as({ role: 'owner' })
    for (const [api, user] of [
      [lesser, grace.id],
      [admin.api, owner],
      [key, owner],
      [account.api, owner],
    ] as const)
      await expect(api.totp.reset(user)).rejects.toMatchObject({ code: 'permission_missing' })
    expect(await server.platform.db.totp.count({ where: { accountId: account.id } })).toBe(1)
  })

  test('and is an owner needs another owner', async ({ server, account }) => {
    const other = await userWith({ server, account }, { role: 'owner' })
    await enrol(server, account)
    await other.api.totp.reset((await account.api.users.me()).id)
    const { body } = await startOver(server, { ...account, email: account.ownerEmail })
    expect(body.enrolmentRequired).toBe(true)
  })
})

describe('an account that requires a second factor', () => {
  test('lets in who has none, to set one up and nothing else', async ({ server, account }) => {
    await account.api.account.update({ security: { requireTotp: true } })
    // also the session that said so
    await expect(account.api.account.get()).rejects.toMatchObject({ status: 403, code: 'enrolment_required' })
    const { body } = await login(server, account)
    expect(body.enrolmentRequired).toBe(true)
    expect(await statusWith(server, body.accessToken)).toBe(403)
    expect(await statusWith(server, body.accessToken, '/v1/contacts')).toBe(403)
    expect(await statusWith(server, body.accessToken, '/v1/users/me/totp')).toBe(200)
    const renewed = await request(`${server.url}/v1/sessions/refresh`, {
      body: { refreshToken: body.refreshToken },
    })
    expect(await statusWith(server, renewed.body.accessToken)).toBe(403)

    const app = await enrol(server, account)
    expect(await statusWith(server, renewed.body.accessToken)).toBe(200)
    const next = await login(server, account, { totp: app.next() })
    expect(next.status).toBe(201)
    expect(next.body).not.toHaveProperty('enrolmentRequired')
    await account.api.totp.disable({ totp: app.next() })
    expect(await statusWith(server, next.body.accessToken)).toBe(403)
  })

  test('goes on with its keys, which are nobody', async ({ server, account }) => {
    const key = await account.key({ role: 'owner' })
    await account.api.account.update({ security: { requireTotp: true } })
    expect(await statusWith(server, key)).toBe(200)
  })
})
