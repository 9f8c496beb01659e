import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

/**
 * Tenancy is in the keys (docs/decisions/0003-tenancy-in-keys.md): a reference across accounts cannot be stored, and the
 * tables can be distributed by `account_id` on Citus as they are.
 */
const platformTables: Record<string, string> = {
  account: 'the tenant itself: its id is the account_id of all others',
  credential_index: 'finds the account of somebody who has not said which',
  login_throttle: "counts failed logins, of people who may be nobody's users",
  platform_key: 'keys of the platform, no tenant',
  request_count: 'counts requests, of anybody and by anybody',
  schedule: 'clock of the platform, no tenant',
  _prisma_migrations: "Prisma Migrate's history",
}

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await createTestDatabase()
  client = new pg.Client({ connectionString: database.url })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

interface Key {
  table: string
  name: string
  columns: string[]
}

/** Primary keys and unique indexes. */
async function uniqueKeys(): Promise<Key[]> {
  const { rows } = await client.query<Key>(`
    select
      tables.relname as table,
      indexes.relname as name,
      array(
        select coalesce(attname, 'an expression')::text
        from unnest(indkey::smallint[]) with ordinality as key (number, position)
        left join pg_attribute on attrelid = indrelid and attnum = number
        order by position
      ) as columns
    from pg_index
    join pg_class as tables on tables.oid = indrelid
    join pg_class as indexes on indexes.oid = indexrelid
    where indisunique and tables.relnamespace = 'public'::regnamespace and not tables.relispartition`)
  return rows
}

interface ForeignKey extends Key {
  target: string
  targetColumns: string[]
}

async function foreignKeys(): Promise<ForeignKey[]> {
  const columns = (relation: string, numbers: string) => `array(
    select attname::text
    from unnest(${numbers}) with ordinality as key (number, position)
    join pg_attribute on attrelid = ${relation} and attnum = number
    order by position
  )`
  const { rows } = await client.query<ForeignKey>(`
    select
      conrelid::regclass::text as table,
      conname as name,
      ${columns('conrelid', 'conkey')} as columns,
      confrelid::regclass::text as target,
      ${columns('confrelid', 'confkey')} as "targetColumns"
    from pg_constraint
    where contype = 'f' and conparentid = 0 and connamespace = 'public'::regnamespace`)
  return rows
}

const isTenantTable = ({ table }: Key) => !(table in platformTables)

test('every primary key and unique index of a tenant table starts with account_id', async () => {
  const keys = (await uniqueKeys()).filter(isTenantTable)
  expect(keys.length).toBeGreaterThan(30)
  expect(keys.filter(({ columns }) => columns[0] !== 'account_id')).toEqual([])
})

test('every foreign key carries account_id, and meets the account_id of what it refers to', async () => {
  const keys = await foreignKeys()
  expect(keys.length).toBeGreaterThan(25)
  const wrong = keys.filter(({ columns, target, targetColumns }) => {
    const carries = columns[0] === 'account_id'
    return !carries || targetColumns[0] !== (target === 'account' ? 'id' : 'account_id')
  })
  expect(wrong).toEqual([])
})

test('every table has a primary key, and those without account_id are known and few', async () => {
  const { rows } = await client.query<{ table: string; tenant: boolean; keyed: boolean }>(`
    select
      relname as table,
      exists (select from pg_attribute where attrelid = oid and attname = 'account_id' and attnotnull) as tenant,
      exists (select from pg_index where indrelid = oid and indisprimary) as keyed
    from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')`)
  expect(rows.filter(({ keyed }) => !keyed)).toEqual([])
  const without = rows.filter(({ tenant }) => !tenant).map(({ table }) => table)
  // credential_index has an account_id, but is looked up without
  expect([...without, 'credential_index'].sort()).toEqual(Object.keys(platformTables).sort())
})

test('a reference to another account cannot be stored', async () => {
  await client.query(`
    insert into account (id, name, locale, timezone, terms_version, terms_accepted_at, created_at, updated_at)
    select id::uuid, id, 'fr-FR', 'Europe/Paris', '1', now(), now(), now()
    from unnest(array['00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-00000000000b']) as id`)
  await client.query(`
    insert into sender_domain (account_id, id, domain, dkim_selector, dkim_public_key, dkim_private_key, created_at, updated_at)
    values ('00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-000000000001', 'a.example', 's', '', '', now(), now())`)
  const sender = (account: string) =>
    client.query(
      `insert into sender (account_id, id, email, name, sender_domain_id, created_at, updated_at)
       values ($1, '00000000-0000-7000-8000-000000000002', 'x@a.example', 'x', '00000000-0000-7000-8000-000000000001', now(), now())`,
      [account],
    )
  await expect(sender('00000000-0000-7000-8000-00000000000b')).rejects.toThrow(/foreign key/)
  await expect(sender('00000000-0000-7000-8000-00000000000a')).resolves.toBeDefined()
})
