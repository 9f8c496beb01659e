import { createHash, randomBytes } from 'node:crypto'
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

  test('used again after a minute ends its session, and nothing but its session', async ({
    server,
    account,
  }) => {
    const first = await account.login()
    const other = await account.login()
    const second = (await refresh(server, first.refreshToken)).body
    server.platform.clock.advance(60_000)
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

  test('that is older than the last two ends its session at once', async ({ server, account }) => {
    const { refreshToken: first } = await account.login()
    const second = String((await refresh(server, first)).body.refreshToken)
    const third = String((await refresh(server, second)).body.refreshToken)
    expect((await refresh(server, first)).status).toBe(401)
    expect((await refresh(server, third)).status).toBe(401)
  })

  test('used by two tabs at once, or asked for again within a minute, gives both the same successor', async ({
    server,
    account,
  }) => {
    const { refreshToken } = await account.login()
    const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(server, refreshToken)))
    server.platform.clock.advance(59_000)
    answers.push(await refresh(server, refreshToken))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    const successors = new Set(answers.map(({ body }) => body.refreshToken))
    expect(successors.size).toBe(1)
    for (const { body } of answers) expect(await statusWith(server, body.accessToken)).toBe(200)
    // and the session goes on from there
    const [successor] = successors
    expect((await refresh(server, String(successor))).status).toBe(200)
    const outcomes = await auditOutcomes(server, account, 'sessions.refresh')
    expect(outcomes.filter((outcome) => outcome === 'refresh_token_repeated')).toHaveLength(6)
  })

  test('lives thirty days', async ({ server, account }) => {
    const { refreshToken } = await account.login()
    server.platform.clock.advance(30 * 86_400_000)
    expect((await refresh(server, refreshToken)).status).toBe(401)
  })

  test('that is forged names a session in vain: it goes on, and nothing is recorded', async ({
    server,
    account,
  }) => {
    const { refreshToken, accessToken } = await account.login()
    const others = (await account.login()).refreshToken
    const used = String((await refresh(server, refreshToken)).body.refreshToken)
    const before = await auditOutcomes(server, account, 'sessions.refresh')
    const bytes = Buffer.from(refreshToken.slice(14), 'base64url')
    const around = (part: Buffer) => `envoi_refresh_${part.toString('base64url')}`
    const flipped = Array.from({ length: bytes.length }, (_, at) => {
      const changed = Buffer.from(bytes)
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
      return around(changed)
    })
    const rest = Buffer.from(others.slice(14), 'base64url').subarray(32)
    for (const token of [
      ...flipped,
      // the ids, which anybody may have seen, and whatever else
      around(Buffer.concat([bytes.subarray(0, 32), randomBytes(32)])),
      around(Buffer.concat([bytes.subarray(0, 32), Buffer.alloc(32)])),
      // what makes another session's token a good one
      around(Buffer.concat([bytes.subarray(0, 32), rest])),
      refreshToken.slice(0, -4),
      `${refreshToken}=`,
      ` ${refreshToken}`,
      `envoi_refresh_${'A'.repeat(86)}`,
    ])
      expect(await refresh(server, token)).toMatchObject({
        status: 401,
        body: { code: 'invalid_credentials' },
      })
    expect(await auditOutcomes(server, account, 'sessions.refresh')).toEqual(before)
    expect(await statusWith(server, accessToken)).toBe(200)
    expect((await refresh(server, used)).status).toBe(200)
  })

  test('from before tokens were authenticated is still good, and a wrong one of that kind has no effect', async ({
    server,
    account,
  }) => {
    const { refreshToken, accessToken } = await account.login()
    const ids = Buffer.from(refreshToken.slice(14), 'base64url').subarray(0, 32)
    const old = () => `envoi_refresh_${Buffer.concat([ids, randomBytes(32)]).toString('base64url')}`
    const kept = old()
    const refreshHash = new Uint8Array(createHash('sha256').update(kept).digest())
    const id = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).sid
    await server.platform.db.session.updateMany({
      where: { accountId: account.id, id },
      data: { refreshHash },
    })
    expect((await refresh(server, old())).status).toBe(401)
    const { status, body } = await refresh(server, kept)
    expect(status).toBe(200)
    expect((await refresh(server, String(body.refreshToken))).status).toBe(200)
    server.platform.clock.advance(60_000)
    expect((await refresh(server, String(body.refreshToken))).status).toBe(401)
    expect(await statusWith(server, accessToken)).toBe(401)
  })
})
