import type pg from 'pg'
import type { AccountTable } from './account-tables.ts'

/** A row may hold a whole template: no more of them are in memory at a time. */
const FETCH = 200

/** Reads the rows of an account in a table as JSON, in the order of their key, within the transaction that the client is in. */
export async function* archiveRows(
  client: pg.PoolClient,
  { sql, key, accountColumn }: AccountTable,
  accountId: string,
): AsyncGenerator<string> {
  await client.query(
    `declare archived no scroll cursor for
     select to_json(archived)::text as line from ${sql} as archived
     where archived.${accountColumn} = $1
     order by ${key.join(', ')}`,
    [accountId],
  )
  for (;;) {
    const { rows } = await client.query<{ line: string }>(`fetch ${FETCH} from archived`)
    for (const { line } of rows) yield line
    if (rows.length < FETCH) break
  }
  await client.query('close archived')
}
