import { buildFromSchema, findDrift } from '@envoi/prisma/drift'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts'

let fromSchema: TestDatabase
let migrated: TestDatabase

beforeAll(async () => {
  fromSchema = await createEmptyDatabase()
  await buildFromSchema(fromSchema.url)
})

afterAll(() => fromSchema.drop())

beforeEach(async () => {
  migrated = await createTestDatabase()
  return () => migrated.drop()
})

test('the migrations lead to the schema', async () => {
  expect(await findDrift(migrated.url, fromSchema.url)).toEqual([])
})

test.each([
  ['a column that the schema does not have', 'alter table contact add column nickname text', 1],
  ['a column that no migration makes', 'alter table contact drop column phone', 2],
  ['another type', 'alter table contact alter column first_name type varchar(20)', 2],
  ['a null that is allowed', 'alter table account alter column name drop not null', 2],
  ['another default', "alter table account alter column status set default 'active'", 2],
  ['an index that is gone', 'drop index contact_account_id_phone_idx', 1],
  ['an index of a partitioned table that is gone', 'drop index message_account_id_contact_id_idx', 1],
  ['a foreign key that is gone', 'alter table session drop constraint session_account_id_user_id_fkey', 1],
  ['another word in an enum', "alter type channel add value 'post'", 2],
  ['a table that the schema does not have', 'create table note (id uuid primary key)', 4],
])('%s is found', async (_what, sql, lines) => {
  const client = new pg.Client({ connectionString: migrated.url })
  await client.connect()
  await client.query(sql)
  await client.end()
  expect(await findDrift(migrated.url, fromSchema.url)).toHaveLength(lines)
})
