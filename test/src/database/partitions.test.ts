import { migrate } from '@envoi/prisma/migrate'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let client: pg.Client

beforeEach(async () => {
  database = await createTestDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})
afterEach(async () => {
  await client.end()
  await database.drop()
})

const accountId = '01890000-0000-7000-8000-000000000001'

/** An event of an instant for which there is no partition: it falls into the net. */
async function eventAt(instant: string): Promise<string> {
  const { rows } = await client.query(
    `insert into audit_event (account_id, id, actor_type, action, at)
     values ($1, envoi_uuid_floor($2), 'system', 'test', $2) returning id`,
    [accountId, instant],
  )
  return rows[0].id
}

async function partitionOf(id: string): Promise<string> {
  const { rows } = await client.query(
    'select tableoid::regclass::text as name from audit_event where id = $1',
    [id],
  )
  return rows[0].name
}

test('rows that fell into the net are moved to the partition of their month, the others stay', async () => {
  const march = await eventAt('2031-03-15T12:00:00Z')
  const june = await eventAt('2031-06-01T00:00:00Z')
  expect(await partitionOf(march)).toBe('audit_event_default')
  const { rows } = await client.query(`select envoi_ensure_partitions('2031-03-31T23:59:59Z', 2) as made`)
  expect(rows[0].made).toBe(9)
  expect(await partitionOf(march)).toBe('audit_event_2031_03')
  expect(await partitionOf(june)).toBe('audit_event_default')
  expect(await partitionOf(await eventAt('2031-05-31T23:59:59.999Z'))).toBe('audit_event_2031_05')
})

test('a partition made later has the keys and indexes of its table', async () => {
  await client.query(`select envoi_ensure_partitions('2031-03-31T23:59:59Z', 0)`)
  for (const table of ['message', 'event', 'audit_event']) {
    const shape = async (name: string) => {
      const { rows } = await client.query(
        `select (select count(*) from pg_index where indrelid = $1::regclass)::int as indexes,
                (select count(*) from pg_constraint where conrelid = $1::regclass and contype <> 'n')::int as constraints`,
        [name],
      )
      return rows[0]
    }
    expect(await shape(`${table}_2031_03`)).toEqual(await shape(`${table}_default`))
  }
})

test('every start of the platform makes sure of the partitions', async () => {
  const month = new Date().toISOString().slice(0, 7).replace('-', '_')
  await client.query(`drop table event_${month}`)
  expect(await migrate(database.url)).toEqual([])
  const { rows } = await client.query('select to_regclass($1) is not null as made', [`event_${month}`])
  expect(rows[0].made).toBe(true)
})
