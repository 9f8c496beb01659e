import { forgetKeys } from '@envoi/core/idempotency/forget-keys'
import { startExtraServer } from '../support/extra-server.ts'
import { describe, expect, operatorToken, type TestAccount, test } from '../support/fixture.ts'
import { type RawAnswer, request } from '../support/request.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/until.ts'

const post = (
  url: string,
  { accessToken: token }: TestAccount,
  path: string,
  key: string,
  body: unknown,
): Promise<RawAnswer> =>
  request(url + path, { token, method: 'POST', body, headers: { 'idempotency-key': key } })

const createList = ({ url }: { url: string }, account: TestAccount, key: string, name = 'Spring') =>
  post(url, account, '/v1/lists', key, { name })

/** Asks again for as long as the first request is under way, as a client does. */
async function answerOf(ask: () => Promise<RawAnswer>): Promise<RawAnswer> {
  return until('there is an answer', async () => {
    const answer = await ask()
    return answer.body.code === 'idempotency_in_flight' ? undefined : answer
  })
}

const replayed = ({ headers }: RawAnswer) => headers.get('idempotent-replayed')

describe('a POST with an Idempotency-Key', () => {
  test('sent again gets the same answer, to the letter, and does nothing', async ({ server, account }) => {
    const first = await createList(server, account, 'k1')
    const second = await createList(server, account, 'k1')
    expect([first.status, replayed(first)]).toEqual([201, null])
    expect([second.status, replayed(second)]).toEqual([201, 'true'])
    expect(second.text).toBe(first.text)
    for (const name of ['location', 'etag', 'content-type'])
      expect(second.headers.get(name)).toBe(first.headers.get(name))
    expect((await account.api.lists.list()).data).toHaveLength(1)
  })

  test('sent a hundred times at once has one effect, and one answer', async ({ server, account }) => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => answerOf(() => createList(server, account, 'hundred'))),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers.filter((answer) => replayed(answer) === null)).toHaveLength(1)
    expect((await account.api.lists.list()).data).toHaveLength(1)
    const events = await server.platform.db.auditEvent.count({
      where: { accountId: account.id, action: 'lists.create', kind: 'change' },
    })
    expect(events).toBe(1)
  }, 60_000)

  test('keeps a refusal too, and a campaign is not sent twice', async ({ server, account }) => {
    await createList(server, account, 'k1')
    const refused = await createList(server, account, 'k2')
    expect([refused.status, refused.body.code]).toEqual([409, 'conflict'])
    await account.api.lists.delete((await account.api.lists.list()).data[0]?.id ?? '')
    const again = await createList(server, account, 'k2')
    expect([again.status, replayed(again), again.headers.get('content-type')]).toEqual([
      409,
      'true',
      refused.headers.get('content-type'),
    ])
  })

  test('is refused with another body, path or operation', async ({ server, account }) => {
    const list = String((await createList(server, account, 'k1')).body.id)
    const another = [
      await createList(server, account, 'k1', 'Autumn'),
      await post(server.url, account, '/v1/lists?x=1', 'k1', { name: 'Spring' }),
      await post(server.url, account, `/v1/lists/${list}/members`, 'k1', { emails: [] }),
      await post(server.url, account, '/v1/contacts', 'k1', { email: 'ada@example.com' }),
    ]
    expect(another.map(({ body }) => body.code)).toEqual([
      'idempotency_key_reused',
      // an unknown parameter is refused before
      'malformed',
      expect.stringMatching(/idempotency_key_reused|malformed/),
      'idempotency_key_reused',
    ])
    expect((await account.api.lists.list()).data.map(({ name }) => name)).toEqual(['Spring'])
  })

  test('belongs to its account: the same key of another is another', async ({ server, account }) => {
    const other = await server.openAccount()
    const mine = await createList(server, account, 'shared')
    const theirs = await createList(server, other, 'shared')
    expect([mine.status, theirs.status, replayed(theirs)]).toEqual([201, 201, null])
    expect(mine.body.id).not.toBe(theirs.body.id)
  })

  test('is remembered by another process, and after a restart', async ({ server, account }) => {
    const before = await startExtraServer(server.platform)
    const first = await createList(before, account, 'restart')
    await before.close()
    const after = await startExtraServer(server.platform)
    const second = await createList(after, account, 'restart')
    await after.close()
    expect([first.status, second.status, replayed(second)]).toEqual([201, 201, 'true'])
    expect(second.text).toBe(first.text)
  })

  test('may be tried again at once after a failure of ours', async ({ server, account }) => {
    const { direct: pool } = server.platform
    await pool.query('alter table list rename to list_elsewhere')
    const failed = await createList(server, account, 'k1')
    await pool.query('alter table list_elsewhere rename to list')
    expect(failed.status).toBe(500)
    expect(await createList(server, account, 'k1')).toMatchObject({ status: 201 })
  })

  test('may be tried again when the database is back, after it went in the middle', async ({
    server,
    account,
  }) => {
    const network = await startTcpProxy(server.platform.url)
    const behind = await startExtraServer(server.platform, { databaseUrl: network.url })
    const lock = await server.platform.direct.connect()
    await lock.query('begin; lock table list in share mode')
    const broken = createList(behind, account, 'k1')
    await until('it waits for the lock', async () => {
      const { rows } = await server.platform.direct.query(
        'select 1 from pg_locks join pg_database on oid = database where not granted and datname = current_database()',
      )
      return rows.length > 0
    })
    await network.cut()
    expect(await broken).toMatchObject({ status: 503 })
    await lock.query('rollback')
    lock.release()
    await network.restore()
    const again = await until('it has succeeded', async () => {
      const answer = await createList(behind, account, 'k1')
      return answer.status === 201 ? answer : undefined
    })
    expect(replayed(again)).toBeNull()
    await behind.close()
    await network.close()
  }, 60_000)

  test('lost with its process may be tried again after two minutes', async ({ server, account }) => {
    await createList(server, account, 'lost', 'Spring')
    // as a process leaves it that was killed between its reservation and its answer
    await server.platform.db.list.deleteMany({ where: { accountId: account.id } })
    await server.platform.db.idempotencyKey.updateMany({
      where: { accountId: account.id },
      data: { status: null, headers: {}, body: null },
    })
    expect(await createList(server, account, 'lost')).toMatchObject({
      status: 409,
      body: { code: 'idempotency_in_flight' },
    })
    server.platform.clock.advance(2 * 60_000)
    expect(await createList(server, account, 'lost')).toMatchObject({ status: 201 })
    expect(replayed(await createList(server, account, 'lost'))).toBe('true')
  })

  test('is kept for 24 hours and then forgotten, used again or not', async ({ server, account }) => {
    const { clock, db } = server.platform
    await createList(server, account, 'k1', 'Spring')
    await createList(server, account, 'k2', 'Summer')
    clock.advance(24 * 3_600_000 - 60_000)
    const key = await account.login()
    const later = { ...account, accessToken: key.accessToken }
    expect(replayed(await createList(server, later, 'k1', 'Spring'))).toBe('true')
    clock.advance(60_000)
    expect(await createList(server, later, 'k1', 'Autumn')).toMatchObject({ status: 201 })
    await forgetKeys(server.platform)
    expect(await db.idempotencyKey.count({ where: { accountId: account.id } })).toBe(1)
  })

  test('of no length, or beyond 255 characters, is refused', async ({ server, account }) => {
    for (const key of ['', 'k'.repeat(256)])
      expect(await createList(server, account, key)).toMatchObject({
        status: 400,
        body: { code: 'malformed' },
      })
    expect((await createList(server, account, 'k'.repeat(255))).status).toBe(201)
  })

  test('leaves its answer sealed: neither the table nor the log shows what was created', async ({
    server,
    account,
  }) => {
    const key = 'a-key-that-only-the-client-knows'
    const email = 'sealed.ada@example.com'
    await post(server.url, account, '/v1/contacts', key, { email, firstName: 'Ada' })
    const created = await post(server.url, account, '/v1/api-keys', `${key}-2`, {
      name: 'shop',
      role: 'analyst',
    })
    const { rows } = await server.platform.direct.query<{ line: string }>(
      'select k::text as line from idempotency_key k where account_id = $1',
      [account.id],
    )
    expect(rows).toHaveLength(2)
    const kept = [...rows.map(({ line }) => line), ...server.logs].join('\n')
    for (const secret of [key, email, String(created.body.key)]) {
      expect(kept).not.toContain(secret)
      expect(kept).not.toContain(Buffer.from(secret).toString('base64').slice(0, 20))
    }
  })
})

describe('a POST of nobody yet, with an Idempotency-Key', () => {
  const send = (url: string, path: string, key: string, body?: unknown, token?: string): Promise<RawAnswer> =>
    request(url + path, { method: 'POST', headers: { 'idempotency-key': key }, body, token: token ?? null })
  const opening = (email: string) => ({
    name: 'Atelier',
    locale: 'fr-FR',
    timezone: 'Europe/Paris',
    owner: { email, firstName: 'A', lastName: 'B' },
    termsVersion: '2026-01',
  })

  test('is given other tokens each time: none is kept', async ({ server, account }) => {
    const login = () =>
      send(server.url, '/v1/sessions', 'tokens', { email: account.ownerEmail, password: account.password })
    const kept = () => server.platform.db.idempotencyKey.count()
    const before = await kept()
    const [first, second] = [await login(), await login()]
    expect([first.status, second.status, replayed(second)]).toEqual([201, 201, null])
    expect(second.body.refreshToken).not.toBe(first.body.refreshToken)
    const { refreshToken } = first.body
    expect((await send(server.url, '/v1/sessions/refresh', 'renew', { refreshToken })).status).toBe(200)
    expect(await kept()).toBe(before)
  })

  test('opens one account, and says its password once', async ({ server }) => {
    const body = opening('once@example.com')
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => answerOf(() => send(server.url, '/v1/accounts', 'open', body))),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409])
    const others = answers.filter(({ status }) => status === 409)
    expect(new Set(others.map(({ body }) => body.code))).toEqual(new Set(['idempotency_answer_withheld']))
    const opened = answers.find(({ status }) => status === 201)
    for (const { text } of others) expect(text).not.toContain(String(opened?.body.password))
    expect(await server.platform.db.account.count({ where: { name: body.name } })).toBe(1)
  })

  test('says again what holds no secret: an account opened with a password of their own', async ({
    server,
  }) => {
    const { owner, ...rest } = opening('own@example.com')
    const body = { ...rest, owner: { ...owner, password: 'a password of my very own' } }
    const first = await send(server.url, '/v1/accounts', 'own', body)
    const second = await send(server.url, '/v1/accounts', 'own', body)
    expect([second.status, replayed(second), second.text]).toEqual([201, 'true', first.text])
  })

  test('is refused with another body, and another operation', async ({ server, account }) => {
    const ask = (key: string, password: string) =>
      send(server.url, '/v1/sessions/passkey-options', key, { email: account.ownerEmail, password })
    expect((await ask('taken', account.password)).status).toBe(404)
    const others = [
      await ask('taken', 'somebody else guesses'),
      await send(server.url, '/v1/accounts', 'taken', opening('taken@example.com')),
    ]
    expect(others.map(({ status, body }) => [status, body.code])).toEqual([
      [422, 'idempotency_key_reused'],
      [422, 'idempotency_key_reused'],
    ])
  })

  test('is another one from elsewhere: a key that is guessed opens nothing', async ({ server }) => {
    const proxied = await startExtraServer(server.platform, { settings: { trustedProxies: 1 } })
    const from = (address: string) =>
      request(`${proxied.url}/v1/accounts`, {
        headers: { 'idempotency-key': 'weak', 'x-forwarded-for': address },
        body: opening('elsewhere@example.com'),
      })
    const [here, there, again] = [
      await from('203.0.113.7'),
      await from('198.51.100.7'),
      await from('203.0.113.7'),
    ]
    await proxied.close()
    expect([here.status, there.status, again.status]).toEqual([201, 201, 409])
    expect(replayed(there)).toBeNull()
    expect(there.body.password).not.toBe(here.body.password)
  })

  test('is no way to the operator, nor to what the operator was answered', async ({ server, account }) => {
    const path = `/v1/operator/accounts/${account.id}/suspend`
    const suspend = (token?: string) => send(server.url, path, 'halt', { reason: 'Complaints' }, token)
    const first = await suspend(operatorToken)
    expect([first.status, replayed(await suspend(operatorToken))]).toEqual([200, 'true'])
    for (const token of [undefined, 'guessed', account.accessToken])
      expect((await suspend(token)).status).toBe(401)
  })

  test('told to come later may come later with the same key', async ({ server, account }) => {
    const body = { email: account.ownerEmail, password: account.password }
    for (let n = 0; n < 6; n += 1)
      await send(server.url, '/v1/sessions', `guess-${n}`, { ...body, password: `guess ${n}` })
    // a network from which they have logged in counts apart from all others, and is this one
    const late = await send(server.url, '/v1/sessions', 'late', body)
    expect([late.status, late.body.code]).toEqual([429, 'rate_limited'])
    server.platform.clock.advance(60_000)
    expect((await send(server.url, '/v1/sessions', 'late', body)).status).toBe(201)
  })
})
