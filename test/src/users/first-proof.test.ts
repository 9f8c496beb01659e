/** Somebody opens an account with an address that is not theirs, and prepares it for the day when its holder takes it over. */
import { enrol } from '../support/authenticator.ts'
import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { request } from '../support/request.ts'
import { registerPasskey } from '../support/software-passkey.ts'
import { until } from '../support/until.ts'
import { lockTable, waitingForLocks } from '../support/waiting-locks.ts'
import { anyone, confirmWith, invite, linkIn, mailsTo, userWith } from './people.ts'

const chosen = 'quiet-walrus-81-teapot'

/** All that a stranger may leave behind; answers what tells whether it still works. */
async function prepare(server: TestServer, account: TestAccount) {
  const scene = { server, account }
  const { api } = account
  const { id, key } = await api.apiKeys.create({ name: 'back door', role: 'owner' })
  const made = await anyone(server).with(key).apiKeys.create({ name: 'made with it', role: 'admin' })
  const form = { grant_type: 'client_credentials' as const, client_id: id, client_secret: key }
  const token = (await api.oauth.token(form)).access_token
  const friend = await userWith(scene, { role: 'owner' })
  const friendsKey = (await friend.api.apiKeys.create({ name: 'of a friend', role: 'admin' })).key
  const invited = await invite(scene, { role: 'admin' })
  const invitation = (await linkIn(server, invited.email, 'invitation')).token
  await api.account.update({
    security: { allowedIps: ['127.0.0.0/8'], allowedOrigins: ['https://evil.example'] },
  })
  await registerPasskey(server, account)
  await enrol(server, account)
  const { accessToken: other, refreshToken } = await friend.login()
  const statusWith = async (given: string) =>
    (await request(`${server.url}/v1/account`, { token: given })).status
  return {
    friend,
    invited,
    /** One status for each thing. */
    outcomes: async () => [
      await Promise.all([key, made.key, friendsKey, token, account.accessToken, other].map(statusWith)),
      (await request(`${server.url}/v1/sessions/refresh`, { body: { refreshToken } })).status,
      (await request(`${server.url}/v1/invitations/accept`, { body: { token: invitation } })).status,
      await refusal(friend.login()).then(
        ({ code }) => code,
        () => 'logged in',
      ),
    ],
  }
}

const nothingWorks = [[401, 401, 401, 401, 401, 401], 401, 410, 'invalid_credentials']

async function expectTheirsAlone(
  server: TestServer,
  account: TestAccount,
  { friend, invited, outcomes }: Awaited<ReturnType<typeof prepare>>,
) {
  expect(await outcomes()).toEqual(nothingWorks)
  // no second factor of somebody else's keeps the holder out
  const session = await anyone(server).sessions.create({ email: account.ownerEmail, password: chosen })
  const api = anyone(server).with(session.accessToken)
  expect(await api.users.me()).toMatchObject({ role: 'owner', emailVerifiedAt: expect.any(String) })
  expect((await api.totp.get()).enabledAt).toBeNull()
  expect((await api.passkeys.list()).data).toEqual([])
  expect((await api.apiKeys.list()).data).toEqual([])
  expect((await api.account.get()).security).toEqual({})
  const users = (await api.users.list()).data.map(({ id, status }) => [id, status])
  expect(users).toEqual(
    expect.arrayContaining([
      [friend.id, 'deactivated'],
      [invited.id, 'deactivated'],
    ]),
  )
  const { data } = await api.auditEvents.list({ limit: 200 })
  const ended = data.find(({ outcome }) => outcome === 'unproven_access_ended')
  expect(ended?.counts).toMatchObject({ apiKeys: 3, users: 2, secondFactors: 2, addresses: 2 })
  const sameRequest = data.filter(({ requestId }) => requestId === ended?.requestId)
  expect(sameRequest.filter(({ target }) => target?.type === 'api_key')).toHaveLength(3)
  expect(
    sameRequest.filter(({ target, changed }) => target?.type === 'user' && changed[0] === 'status'),
  ).toHaveLength(2)
  const subjects = (await mailsTo(server, account.ownerEmail)).map(
    async (mail) => (await mail.parsed()).subject,
  )
  expect(await Promise.all(subjects)).toContain('Les accès antérieurs à votre compte ont pris fin')
}

describe('the first proof of an address, without the password that a stranger may have chosen,', () => {
  test('by a reset, ends all access that was made before', async ({ server, account }) => {
    const prepared = await prepare(server, account)
    await anyone(server).passwordResets.create({ email: account.ownerEmail })
    const { token } = await linkIn(server, account.ownerEmail, 'passwordReset')
    await anyone(server).passwordResets.complete({ token, password: chosen })
    await expectTheirsAlone(server, account, prepared)
  })

  test('by the link of a confirmation, does so too, ends that password, and asks for another', async ({
    server,
    account,
  }) => {
    const prepared = await prepare(server, account)
    const { url } = await linkIn(server, account.ownerEmail, 'confirmEmail')
    const answer = await fetch(`${url}?lang=en`, { method: 'POST' })
    const page = await answer.text()
    expect([answer.status, page]).toEqual([200, expect.stringContaining('The account is yours alone')])
    expect(await refusal(account.login())).toMatchObject({ code: 'invalid_credentials' })
    const [choose = ''] = /http\S+\/users\/password\/[\w-]+/.exec(page) ?? []
    const body = new URLSearchParams({ password: chosen })
    expect((await fetch(choose, { method: 'POST', body })).status).toBe(200)
    await expectTheirsAlone(server, account, prepared)
  })

  test('gives the account back when it was handed over to a friend', async ({ server, account }) => {
    const friend = await userWith({ server, account })
    await account.api.users.transferOwnership(friend.id)
    const { url } = await linkIn(server, account.ownerEmail, 'confirmEmail')
    await fetch(url, { method: 'POST' })
    const users = await server.platform.db.user.findMany({ where: { accountId: account.id } })
    expect(Object.fromEntries(users.map(({ email, role, status }) => [email, [role, status]]))).toEqual({
      [account.ownerEmail]: ['owner', 'active'],
      [friend.email]: ['owner', 'deactivated'],
    })
  })
})

describe('a takeover ends what was asked for before it and is done after it:', () => {
  const startReset = async (server: TestServer, { ownerEmail }: TestAccount) => {
    await anyone(server).passwordResets.create({ email: ownerEmail })
    const { token } = await linkIn(server, ownerEmail, 'passwordReset')
    return () => anyone(server).passwordResets.complete({ token, password: chosen })
  }

  test('keys, invitations and allowed addresses', async ({ server, account }) => {
    const key = await account.key({ role: 'owner' })
    const person = { email: 'friend@example.com', firstName: 'Eve', lastName: 'Hill', role: 'admin' }
    const reset = await startReset(server, account)
    const { platform, url } = server
    const waiting = (count: number) =>
      until(`${count} wait`, async () => (await waitingForLocks(platform)) >= count)
    const client = await platform.direct.connect()
    await client.query('begin')
    await client.query('select from account where id = $1 for no key update', [account.id])
    const takeover = reset()
    await waiting(1)
    const asked = [account.accessToken, key].flatMap((token) => [
      request(`${url}/v1/api-keys`, { token, body: { name: 'later', role: 'admin' } }),
      request(`${url}/v1/users`, { token, body: person }),
      request(`${url}/v1/account`, {
        method: 'PATCH',
        token,
        body: { security: { allowedOrigins: ['https://evil.example'] } },
      }),
    ])
    await waiting(1 + asked.length)
    await client.query('rollback')
    client.release()
    await takeover
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual(asked.map(() => 401))
    const where = { accountId: account.id }
    expect(await platform.db.apiKey.count({ where: { ...where, revokedAt: null } })).toBe(0)
    expect(await platform.db.user.count({ where })).toBe(1)
  })

  test('a login whose password was right a moment before', async ({ server, account }) => {
    const reset = await startReset(server, account)
    const { platform } = server
    const release = await lockTable(platform, 'session', 'share row exclusive')
    const takeover = reset()
    await until('the takeover waits', async () => (await waitingForLocks(platform)) >= 1)
    const login = refusal(account.login())
    await until('the login waits', async () => (await waitingForLocks(platform)) >= 2)
    await release()
    await takeover
    expect(await login).toMatchObject({ code: 'invalid_credentials' })
    const live = { accountId: account.id, revokedAt: null }
    expect(await platform.db.session.count({ where: live })).toBe(0)
  })
})

test('the proof of whoever knows the password ends nothing; a wrong password proves nothing, and is slowed down', async ({
  server,
  account,
}) => {
  server.platform.clock.stopAt(server.platform.clock.now())
  const key = await account.as({ role: 'admin' })
  const grace = await userWith({ server, account })
  const { url } = await linkIn(server, account.ownerEmail, 'confirmEmail')
  for (const wrong of ['', 'guessed it']) expect((await confirmWith(url, wrong)).status).toBe(422)
  expect((await account.api.users.me()).emailVerifiedAt).toBeNull()
  expect((await confirmWith(url, account.ownerPassword)).status).toBe(200)
  expect((await account.api.users.me()).emailVerifiedAt).not.toBeNull()
  for (const api of [key, grace.api]) await api.account.get()
  await account.login()
  // nor does a reset, once the address is proven
  await anyone(server).passwordResets.create({ email: account.ownerEmail })
  const { token } = await linkIn(server, account.ownerEmail, 'passwordReset')
  await anyone(server).passwordResets.complete({ token, password: chosen })
  for (const api of [key, grace.api]) await api.account.get()

  const other = await server.openAccount()
  const link = await linkIn(server, other.ownerEmail, 'confirmEmail')
  const statuses: number[] = []
  for (let nth = 0; nth < 8; nth++) statuses.push((await confirmWith(link.url, `guess ${nth}`)).status)
  expect([statuses[0], statuses.at(-1)]).toEqual([422, 429])
})
