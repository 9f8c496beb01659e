import { onTestFinished } from 'vitest'
import { expect, type TestAccount, test } from '../support/fixture.ts'
import { type RawAnswer, request } from '../support/request.ts'
import { until } from '../support/until.ts'
import { startApi } from './api-process.ts'
import { chance } from './chance.ts'

const post = (url: string, { accessToken: token }: TestAccount, path: string, key: string, body: unknown) =>
  request(url + path, { token, method: 'POST', body, headers: { 'idempotency-key': key } })

const lost = () => undefined
const twoMinutes = 2 * 60_000

/** What makes something new each time: were it done twice, one would see two. */
const effects: [path: string, table: string, body: (name: string) => unknown][] = [
  ['/v1/segments', 'segment', (name) => ({ name, rule: { field: 'email', op: 'exists' } })],
  ['/v1/api-keys', 'api_key', (name) => ({ name, role: 'analyst' })],
  ['/v1/lists', 'list', (name) => ({ name })],
  ['/v1/contacts', 'contact', (name) => ({ firstName: name, externalId: name })],
]

test('requests whose API is killed at any instant have one effect each, once they are repeated with their keys', {
  timeout: 120_000,
}, async ({ server, account }) => {
  const { direct: pool, clock } = server.platform
  const random = chance('kills during requests with keys')
  const sent: { path: string; body: unknown; key: string; name: string; table: string }[] = []
  const answered = new Map<string, RawAnswer>()
  for (let kill = 0; kill < 3; kill++) {
    const api = await startApi(server.platform)
    // or the first one would be killed while it warms up
    await request(`${api.url}/v1/account`, { token: account.accessToken })
    const wave = Array.from({ length: 40 }, (_, index) => {
      const [path, table, body] = effects[index % effects.length] ?? expect.fail()
      const name = `wave-${kill}-${index}`
      return { path, table, name, key: `key of ${name}`, body: body(name) }
    })
    sent.push(...wave)
    const done = wave.map(({ path, key, body }) =>
      post(api.url, account, path, key, body).then((answer) => void answered.set(key, answer), lost),
    )
    const enough = answered.size + random.below(30)
    await until('some are answered', () => answered.size > enough || undefined)
    api.child.kill('SIGKILL')
    await Promise.all([api.exited, ...done])
  }
  // what was in flight is free again
  clock.advance(twoMinutes)
  for (const { path, key, body } of sent) {
    const answer = await post(server.url, account, path, key, body)
    // a secret is told once: that the key was made is answered, wherever the first answer has gone
    if (path === '/v1/api-keys' && answer.status === 409) {
      expect(answer.body.code).toBe('idempotency_answer_withheld')
      continue
    }
    expect([key, answer.status]).toEqual([key, 201])
    const first = answered.get(key)
    if (first !== undefined) expect(answer.text).toBe(first.text)
    const again = await post(server.url, account, path, key, body)
    if (path !== '/v1/api-keys') expect(again.text).toBe(answer.text)
  }
  for (const [, table] of effects) {
    const column = table === 'contact' ? 'first_name' : 'name'
    const { rows } = await pool.query<{ name: string }>(
      `select ${column} as name from ${table} where account_id = $1 and ${column} like 'wave-%' order by 1`,
      [account.id],
    )
    const expected = sent.filter((request) => request.table === table).map(({ name }) => name)
    expect(rows.map(({ name }) => name)).toEqual(expected.sort())
  }
  expect(answered.size).toBeLessThan(sent.length)
})

test('an effect whose answer cannot be kept is not there, and the one that comes after is the only one', {
  timeout: 60_000,
}, async ({ server, account }) => {
  const { pool, clock, db } = server.platform
  const api = await startApi(server.platform)
  const [lock, keyLock] = [await pool.connect(), await pool.connect()]
  // else a failure would wait for them
  onTestFinished(() => {
    for (const client of [lock, keyLock]) client.release(true)
  })
  await lock.query('begin; lock table segment in share row exclusive mode')
  const body = { name: 'Everybody', rule: { field: 'email', op: 'exists' } }
  const answer = post(api.url, account, '/v1/segments', 'k1', body).catch(lost)
  const waits = (what: string, statement: string) =>
    until(what, async () => {
      const { rows } = await pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ~* $1`,
        [statement],
      )
      return rows.length > 0
    })
  await waits('the effect waits', 'insert into .*segment')
  // once the table is free the effect is made, and its answer cannot be kept
  await keyLock.query('begin; select from idempotency_key for update')
  await lock.query('rollback')
  await waits('the answer waits', 'update .*idempotency_key')
  api.child.kill('SIGKILL')
  await api.exited
  await keyLock.query('rollback')
  await answer
  expect(await db.segment.count({ where: { accountId: account.id } })).toBe(0)
  clock.advance(twoMinutes)
  expect((await post(server.url, account, '/v1/segments', 'k1', body)).status).toBe(201)
  expect(await db.segment.count({ where: { accountId: account.id } })).toBe(1)
})
