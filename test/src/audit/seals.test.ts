/** Whoever can write to the tables, but has not the master key, cannot touch the audit log without being found out. */
import { sealAudit } from '@envoi/core/audit/seal-audit'
import type pg from 'pg'
import { expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'

const never = new AbortController().signal
const writers = 20
const perWriter = 150

/** Events as the API leaves them, written by many at once; sealed but for the last. */
async function fill(server: TestServer, account: TestAccount): Promise<number> {
  const { platform } = server
  const client = await account.as({ role: 'owner' })
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; n < 3; n += 1) await client.contacts.create({ email: `w${writer}-${n}@example.com` })
      const event = {
        accountId: account.id,
        actorType: 'system',
        action: 'contacts.create',
        changed: ['firstName'],
        counts: { created: writer, rejected: 0 },
      }
      await platform.db.auditEvent.createMany({
        data: Array.from({ length: perWriter }, () => ({
          ...event,
          id: platform.newId(),
          at: platform.clock.now(),
        })),
      })
    }),
  )
  platform.clock.advance(10 * 60_000)
  await sealAudit(platform, never)
  return platform.db.auditEvent.count({ where: { accountId: account.id } })
}

type Break = { problem: string; eventId: string | null } | null

async function firstBreak(account: TestAccount): Promise<Break> {
  return (await account.as({ role: 'owner' }).then((client) => client.auditEvents.integrity())).firstBreak
}

/** Something done by SQL, looked at, and undone. */
async function tampered(
  { platform }: TestServer,
  account: TestAccount,
  work: (client: pg.PoolClient) => Promise<unknown>,
): Promise<Break> {
  const tables = ['audit_event', 'audit_seal']
  for (const table of tables) await platform.direct.query(`create table kept_${table} as table ${table}`)
  const client = await platform.direct.connect()
  await work(client).finally(() => client.release())
  const found = await firstBreak(account)
  for (const table of tables) {
    await platform.direct.query(`truncate ${table}`)
    await platform.direct.query(`insert into ${table} select * from kept_${table}`)
    await platform.direct.query(`drop table kept_${table}`)
  }
  expect(await firstBreak(account)).toBeNull()
  return found
}

test('a log written by many at once holds, and each way to touch it is found', async ({
  server,
  account,
}) => {
  const events = await fill(server, account)
  const verdict = await account.as({ role: 'owner' }).then((client) => client.auditEvents.integrity())
  expect(verdict).toMatchObject({ events, unsealed: 1, firstBreak: null })
  expect(verdict.seals).toBeGreaterThan(1)

  const { rows } = await server.platform.direct.query<{ id: string }>(
    'select id from audit_event where account_id = $1 order by id offset $2 limit 1',
    [account.id, Math.floor(events / 2)],
  )
  const victim = rows[0]?.id ?? ''
  const one = [account.id, victim]
  const sql = (text: string, values: unknown[] = one) =>
    tampered(server, account, (client) => client.query(text, values))

  for (const change of [
    `outcome = 'denied'`,
    `actor_id = gen_random_uuid()`,
    `at = at + interval '1 hour'`,
    `changed = '{}'`,
    `counts = '{"created": 0}'`,
  ])
    expect(await sql(`update audit_event set ${change} where account_id = $1 and id = $2`)).toMatchObject({
      problem: 'event_changed',
      eventId: victim,
    })
  expect(await sql('delete from audit_event where account_id = $1 and id = $2')).toMatchObject({
    problem: 'event_missing',
    eventId: victim,
  })
  const inserted = `${victim.slice(0, -1)}${victim.endsWith('0') ? '1' : '0'}`
  expect(
    await sql(
      `insert into audit_event (account_id, id, actor_type, action, changed, at)
       values ($1, $2, 'system', 'contacts.create', '{}', now())`,
      [account.id, inserted],
    ),
  ).toMatchObject({ problem: 'event_inserted', eventId: inserted })
})

test('a seal that is changed, left out or made by hand does not hold', async ({ server, account }) => {
  await fill(server, account)
  const sql = (text: string) => tampered(server, account, (client) => client.query(text, [account.id]))
  expect(
    await sql('update audit_seal set events = events - 1 where account_id = $1 and sequence = 2'),
  ).toMatchObject({
    problem: 'seal_changed',
  })
  expect(await sql('delete from audit_seal where account_id = $1 and sequence = 2')).toMatchObject({
    problem: 'seal_missing',
  })
  // an event goes, and its seal is made again as anybody can: without the key
  expect(
    await sql(
      `with gone as (delete from audit_event where account_id = $1 and id = (
         select id from audit_event where account_id = $1 and id <= (select to_id from audit_seal where account_id = $1 and sequence = 1)
         order by id desc limit 1
       ))
       update audit_seal set events = events - 1, leaves = substr(leaves, 1, length(leaves) - 48), hash = sha256(leaves)
       where account_id = $1 and sequence = 1`,
    ),
  ).toMatchObject({ problem: 'seal_changed' })
})

test('what has not settled is not sealed, and sealing goes on where it stood', async ({
  server,
  account,
}) => {
  const { platform } = server
  const integrity = () => account.as({ role: 'owner' }).then((client) => client.auditEvents.integrity())
  await sealAudit(platform, never)
  const before = await integrity()
  expect(before).toMatchObject({ firstBreak: null, head: null, seals: 0 })
  expect(before.unsealed).toBeGreaterThan(0)
  platform.clock.advance(6 * 60_000)
  await Promise.allSettled([sealAudit(platform, never), sealAudit(platform, never)])
  const first = await integrity()
  expect(first).toMatchObject({ seals: 1, firstBreak: null })
  platform.clock.advance(6 * 60_000)
  await sealAudit(platform, never)
  const second = await integrity()
  expect(second).toMatchObject({ seals: 2, firstBreak: null })
  expect(second.head).not.toBe(first.head)
})

test('the schedule seals by itself', async ({ server, account, drain }) => {
  await drain()
  server.platform.clock.advance(11 * 60_000)
  await drain()
  const client = await account.as({ role: 'owner' })
  expect((await client.auditEvents.integrity()).seals).toBeGreaterThan(0)
})
