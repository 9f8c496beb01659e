import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

const refresh = (server: TestServer, refreshToken: string) =>
  request(`${server.url}/v1/sessions/refresh`, { body: { refreshToken } })
const statusWith = async (server: TestServer, token: unknown) =>
  (await request(`${server.url}/v1/account`, { token: String(token) })).status

async function auditOutcomes({ platform }: TestServer, account: TestAccount, action: string) {
  const events = await platform.db.auditEvent.findMany({
    where: { accountId: account.id, action },
    orderBy: { id: 'asc' },
  })
  return events.map(({ outcome }) => outcome)
}

describe('a login', () => {
  test('is refused in the same words whether the user exists or not', async ({ server, account }) => {
    const attempt = async (email: string, password = 'guessed, of course') => {
      const answer = await request(`${server.url}/v1/sessions`, { body: { email, password } })
      const { instance: _, ...body } = answer.body
      const headers = Object.fromEntries(
        [...answer.headers].filter(([name]) => !['date', 'x-request-id', 'ratelimit'].includes(name)),
      )
      return { status: answer.status, headers, body }
    }
    const unknown = await attempt('nobody@example.com')
    expect(unknown).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
    expect(await attempt(account.ownerEmail)).toEqual(unknown)
    expect(await attempt(account.ownerEmail.toUpperCase())).toEqual(unknown)
    expect(await auditOutcomes(server, account, 'sessions.create')).toEqual(['success', 'failure', 'failure'])
  })

  test('tells a device that is new from one that is known', async ({ server, account }) => {
    const login = (userAgent: string) =>
      request(`${server.url}/v1/sessions`, {
        headers: { 'user-agent': userAgent },
        body: { email: account.ownerEmail, password: account.ownerPassword },
      })
    for (const userAgent of ['Firefox/140.0', 'Firefox/141.0', 'Safari/605.1']) await login(userAgent)
    const { data } = await account.api.sessions.list()
    expect(data.map(({ userAgent, newDevice }) => [userAgent, newDevice]).slice(0, 3)).toEqual([
      ['Safari/605.1', true],
      ['Firefox/141.0', false],
      ['Firefox/140.0', true],
    ])
    server.platform.clock.advance(91 * 86_400_000)
    await login('Firefox/142.0')
    const [last] = (
      await (await account.login().then(({ accessToken }) => account.api.with(accessToken))).sessions.list()
    ).data.filter(({ userAgent }) => userAgent === 'Firefox/142.0')
    expect(last?.newDevice).toBe(true)
  })

  test('of a deactivated user is refused, and ends what was open', async ({ server, account }) => {
    await server.platform.db.user.updateMany({
      where: { accountId: account.id },
      data: { status: 'deactivated' },
    })
    expect(await statusWith(server, account.accessToken)).toBe(401)
    await expect(account.login()).rejects.toMatchObject({ status: 401, code: 'invalid_credentials' })
  })
})

describe('a refresh token', () => {
  test('is replaced at each use, in a chain', async ({ server, account }) => {
    let { refreshToken } = await account.login()
    const seen = new Set([refreshToken])
    for (let turn = 0; turn < 3; turn++) {
      const { status, body } = await refresh(server, refreshToken)
      expect(status).toBe(200)
      expect(await statusWith(server, body.accessToken)).toBe(200)
      refreshToken = String(body.refreshToken)
      seen.add(refreshToken)
    }
    expect(seen.size).toBe(4)
    const kept = await server.platform.db.session.findMany({ where: { accountId: account.id } })
    expect(JSON.stringify(kept)).not.toContain(refreshToken.slice(14))
  })

  test('used twice ends its session, and nothing but its session', async ({ server, account }) => {
    const first = await account.login()
    const other = await account.login()
    const second = (await refresh(server, first.refreshToken)).body
    // somebody has a copy: neither they nor the owner goes on
    expect(await refresh(server, first.refreshToken)).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials' },
    })
    expect((await refresh(server, String(second.refreshToken))).status).toBe(401)
    expect([
      await statusWith(server, first.accessToken),
      await statusWith(server, second.accessToken),
    ]).toEqual([401, 401])
    expect(await statusWith(server, other.accessToken)).toBe(200)
    expect((await refresh(server, other.refreshToken)).status).toBe(200)
    expect(await auditOutcomes(server, account, 'sessions.refresh')).toContain('refresh_token_reused')
  })

  test('used twice at the same time by two has one winner, and ends', async ({ server, account }) => {
    const { refreshToken } = await account.login()
    const answers = await Promise.all([refresh(server, refreshToken), refresh(server, refreshToken)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401])
    const winner = answers.find(({ status }) => status === 200)
    expect(await statusWith(server, winner?.body.accessToken)).toBe(401)
    expect((await refresh(server, String(winner?.body.refreshToken))).status).toBe(401)
    expect(await auditOutcomes(server, account, 'sessions.refresh')).toEqual(
      expect.arrayContaining(['success', 'refresh_token_reused']),
    )
  })

  test('used ten times at once has one winner at most, and ends', async ({ server, account }) => {
    const { refreshToken } = await account.login()
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(server, refreshToken)))
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 401]))
    expect(await statusWith(server, won[0]?.body.accessToken)).toBe(401)
  })

  test('lives thirty days', async ({ server, account }) => {
    const { refreshToken } = await account.login()
    server.platform.clock.advance(30 * 86_400_000)
    expect((await refresh(server, refreshToken)).status).toBe(401)
  })

  test('that is forged, cut or of another kind is refused', async ({ server, account }) => {
    const { refreshToken } = await account.login()
    const swapped = refreshToken.slice(0, -1) + (refreshToken.endsWith('A') ? 'B' : 'A')
    for (const token of [refreshToken.slice(0, -4), `envoi_refresh_${'A'.repeat(86)}`])
      expect(await refresh(server, token)).toMatchObject({
        status: 401,
        body: { code: 'invalid_credentials' },
      })
    expect(await statusWith(server, refreshToken)).toBe(401)
    // whoever can name the session but not its secret has a copy of something
    expect((await refresh(server, swapped)).status).toBe(401)
  })
})
