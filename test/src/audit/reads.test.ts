/** Who has seen whose personal data is on record, without a write for each read. */
import { inAccount } from '@envoi/core'
import { readLog } from '@envoi/core/audit/read-log'
import { sealAudit } from '@envoi/core/audit/seal-audit'
import { parse } from 'csv-parse/sync'
import { startExtraServer } from '../support/extra-server.ts'
import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

/** Reads on a server that closes then: what it counted is written down. */
async function reading(server: TestServer, ask: (url: string) => Promise<unknown>): Promise<void> {
  const extra = await startExtraServer(server.platform)
  await ask(extra.url)
  await extra.close()
}

const get = (token: string, path: string) => (url: string) => request(url + path, { token })
const readsOf = ({ api }: TestAccount) => api.auditEvents.list({ kind: 'read' }).then(({ data }) => data)
const contact = ({ api }: TestAccount, firstName = 'Ada') =>
  api.contacts.create({ firstName, externalId: firstName }).then(({ id }) => id)

describe('reads of personal data', () => {
  test('by the same key are one event, that counts them and names whom they showed', async ({
    server,
    account,
  }) => {
    const [ada, bob] = [await contact(account), await contact(account, 'Bob')]
    const token = await account.key({ permissions: ['contacts:read', 'contacts:reveal'] })
    await reading(server, async (url) => {
      for (const id of [ada, bob, ada]) await get(token, `/v1/contacts/${id}`)(url)
      await get(token, '/v1/contacts?limit=1')(url)
    })
    const events = await readsOf(account)
    const byAction = Object.fromEntries(events.map((event) => [event.action, event]))
    expect(Object.keys(byAction).sort()).toEqual(['contacts.get', 'contacts.list'])
    expect(byAction['contacts.get']).toMatchObject({
      kind: 'read',
      actor: { type: 'api_key' },
      address: '127.0.0.1',
      target: null,
      counts: { reads: 3, shown: 2 },
    })
    expect(new Set(byAction['contacts.get']?.targetIds)).toEqual(new Set([ada, bob]))
    expect(byAction['contacts.list']).toMatchObject({
      counts: { reads: 1, shown: 1 },
      target: { type: 'contact', id: bob },
      requestId: expect.any(String),
    })
    // among many it is found who has seen one
    const about = await account.api.auditEvents.list({ kind: 'read', targetId: ada })
    expect(about.data.map(({ action }) => action)).toEqual(['contacts.get'])
  })

  test('that showed them masked, or nobody, or were refused are none', async ({ server, account }) => {
    const ada = await contact(account)
    const masked = await account.key({ permissions: ['contacts:read'] })
    const revealing = await account.key({ permissions: ['contacts:read', 'contacts:reveal'] })
    await reading(server, async (url) => {
      await get(masked, `/v1/contacts/${ada}`)(url)
      await get(revealing, '/v1/contacts?email=nobody@example.com')(url)
      await get(revealing, '/v1/contacts/0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d')(url)
      await get('envoi_live_wrong', `/v1/contacts/${ada}`)(url)
    })
    expect(await readsOf(account)).toEqual([])
  })

  test('that are on record by themselves are not counted again', async ({ server, account }) => {
    const ada = await contact(account)
    const token = account.accessToken
    await reading(server, async (url) => {
      await get(token, `/v1/contacts/${ada}/export`)(url)
      await request(`${url}/v1/contacts/${ada}`, { token, method: 'PATCH', body: { firstName: 'Augusta' } })
    })
    expect(
      (await readsOf(account)).map(({ action, target, targetIds }) => [action, target?.id, targetIds]),
    ).toEqual([['contacts.export', ada, []]])
  })

  test('of more people than one event names are counted beyond', async ({ server, account }) => {
    const contacts = Array.from({ length: 1_100 }, (_, index) => ({ externalId: `many-${index}` }))
    await account.api.contacts.batch({ onConflict: 'update', contacts })
    await reading(server, async (url) => {
      let cursor: unknown = ''
      while (typeof cursor === 'string') {
        const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
        cursor = (await get(account.accessToken, `/v1/contacts?limit=200${query}`)(url)).body.nextCursor
      }
    })
    const [event] = await readsOf(account)
    expect(event?.targetIds).toHaveLength(1_000)
    expect(event?.counts).toEqual({ reads: 6, shown: 1_000, more: 100 })
  })

  test('cost the request no statement: the row is written when it has been answered', async ({
    server,
    account,
  }) => {
    const ada = await contact(account)
    const extra = await startExtraServer(server.platform)
    await get(account.accessToken, `/v1/contacts/${ada}`)(extra.url)
    expect(await readsOf(account)).toEqual([])
    await extra.close()
    expect(await readsOf(account)).toHaveLength(1)
  })

  test('wait for a database that does not take them, and are written down then', async ({
    server,
    account,
  }) => {
    const { pool } = server.platform
    const ada = await contact(account)
    const extra = await startExtraServer(server.platform)
    await get(account.accessToken, `/v1/contacts/${ada}`)(extra.url)
    await pool.query('alter table audit_event rename to audit_event_elsewhere')
    const own = readLog(server.platform)
    const request = { action: 'contacts.get', requestId: null, address: null, userAgent: null }
    const context = own.open(
      inAccount({ ...server.platform, ...request }, account.id, { type: 'system', id: null }),
    )
    context.sight?.saw(ada)
    own.close(context)
    await own.flush()
    await pool.query('alter table audit_event_elsewhere rename to audit_event')
    own.close(context)
    await own.flush()
    await extra.close()
    const counts = (await readsOf(account)).map(({ actor, counts }) => [actor.type, counts?.reads])
    expect(new Map(counts as [string, number][])).toEqual(
      new Map([
        ['user', 1],
        ['system', 2],
      ]),
    )
  })

  test('are exported, and sealed: who takes a name out of one, or calls it a change, is found out', async ({
    server,
    account,
  }) => {
    const [ada, bob] = [await contact(account), await contact(account, 'Bob')]
    const token = account.accessToken
    await reading(server, async (url) => {
      for (const id of [ada, bob]) await get(token, `/v1/contacts/${id}`)(url)
    })
    const csv = await request(`${server.url}/v1/audit-events/export?kind=read`, { token })
    const [row] = parse(csv.text, { columns: true, bom: true }) as Record<string, string>[]
    expect([row?.kind, row?.targetIds?.split(' ').sort()]).toEqual(['read', [ada, bob].sort()])

    const { pool, clock } = server.platform
    clock.advance(6 * 60_000)
    await sealAudit(server.platform, new AbortController().signal)
    const integrity = () => account.api.auditEvents.integrity()
    expect(await integrity()).toMatchObject({ firstBreak: null, unsealed: 0 })
    const where = `where account_id = $1 and action = 'contacts.get'`
    for (const tampering of [`target_ids = target_ids[1:1]`, `kind = 'change'`]) {
      const { rows } = await pool.query(`select id, kind, target_ids from audit_event ${where}`, [account.id])
      await pool.query(`update audit_event set ${tampering} ${where}`, [account.id])
      expect((await integrity()).firstBreak).toMatchObject({ eventId: rows[0].id, problem: 'event_changed' })
      await pool.query(`update audit_event set kind = $2, target_ids = $3 ${where}`, [
        account.id,
        rows[0].kind,
        rows[0].target_ids,
      ])
    }
    expect((await integrity()).firstBreak).toBeNull()
  })
})

test("the platform's own log is sealed, and its operator can verify it", async ({ server }) => {
  const { pool, clock } = server.platform
  // a refused login of nobody is an event of no account
  await request(`${server.url}/v1/sessions`, {
    body: { email: 'nobody@example.com', password: 'wrong password' },
  })
  clock.advance(6 * 60_000)
  await sealAudit(server.platform, new AbortController().signal)
  const before = await server.operator.operator.auditIntegrity()
  expect(before).toMatchObject({ firstBreak: null, head: expect.any(String) })
  expect(before.events).toBeGreaterThan(0)
  const { rows } = await pool.query<{ id: string }>(
    `update audit_event set outcome = 'success'
     where account_id = '00000000-0000-0000-0000-000000000000' and action = 'sessions.create' returning id`,
  )
  const { firstBreak } = await server.operator.operator.auditIntegrity()
  expect(firstBreak).toMatchObject({ eventId: rows[0]?.id, problem: 'event_changed' })
})
