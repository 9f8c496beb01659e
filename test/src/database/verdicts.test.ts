import { heldColumns, isJson, isList, searchedTables } from '@envoi/core/erasures/held-columns'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

/** An erasure knows every place where a person may be (docs/decisions/0051-erasures-search-what-accounts-wrote.md). */
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

interface Column {
  table: string
  column: string
  type: string
}

/** Every column that can hold text or bytes, of every table of ours; partitions are their parent's. */
async function columnsWithText(): Promise<Column[]> {
  const { rows } = await client.query<Column>(`
    select relname as table, attname as column, format_type(atttypid, null) as type
    from pg_attribute
    join pg_class on pg_class.oid = attrelid
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> '_prisma_migrations'
      and attnum > 0 and not attisdropped
      and format_type(atttypid, null) ~ '^(text|character|json|bytea|xml|name|citext|inet|cidr|hstore|tsvector)'
    order by 1, 2`)
  return rows
}

test('every column that can hold a person has a verdict, and there is none for what is not there', async () => {
  const columns = (await columnsWithText()).map(({ table, column }) => `${table}.${column}`)
  const judged = Object.entries(heldColumns).flatMap(([table, verdicts]) =>
    Object.keys(verdicts).map((column) => `${table}.${column}`),
  )
  expect(columns.filter((column) => !judged.includes(column))).toEqual([])
  expect(judged.filter((column) => !columns.includes(column))).toEqual([])
})

test('what is searched can be read and written: it has an id, and its type is known', async () => {
  const columns = await columnsWithText()
  for (const { table, columns: searched } of searchedTables)
    for (const [column] of searched) {
      const found = columns.find((one) => one.table === table && one.column === column)
      expect(['text', 'jsonb', 'text[]'], `${table}.${column}`).toContain(found?.type)
      expect(isJson(table, column), `${table}.${column}`).toBe(found?.type === 'jsonb')
      expect(isList(table, column), `${table}.${column}`).toBe(found?.type === 'text[]')
    }
})
