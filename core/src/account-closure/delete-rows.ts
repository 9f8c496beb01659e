import type { Context } from '../context.ts'
import type { AccountTable } from './account-tables.ts'

/** Rows of one statement: its locks make nobody wait, since nobody uses the account any more, but its rows are written to the log. */
const BATCH = 5_000

/** Deletes all rows of the account in a table, batch by batch; the receipt counts each batch in the statement that deletes it. */
export async function deleteRows(
  context: Context,
  closureId: string,
  table: AccountTable,
  signal: AbortSignal,
): Promise<number> {
  const key = table.key.join(', ')
  const same = table.key.map((column) => `doomed.${column} = batch.${column}`).join(' and ')
  const text = `
    with batch as (
      select ${key} from ${table.sql} where account_id = $1 limit ${BATCH}
    ), deleted as (
      delete from ${table.sql} as doomed using batch where doomed.account_id = $1 and ${same}
      returning 1
    ), counted as (
      select count(*)::integer as rows from deleted
    )
    update account_closure as closure
    set deleted = case counted.rows
      when 0 then closure.deleted
      else closure.deleted || jsonb_build_object($3::text, coalesce((closure.deleted ->> $3::text)::bigint, 0) + counted.rows)
    end
    from counted
    where closure.account_id = $1 and closure.id = $2
    returning counted.rows`
  const values = [context.accountId, closureId, table.name]
  let total = 0
  for (;;) {
    signal.throwIfAborted()
    const deleted = await deleteBatch(context, { text, values })
    total += deleted
    if (deleted < BATCH) return total
  }
}

async function deleteBatch(
  context: Context,
  statement: { text: string; values: unknown[] },
): Promise<number> {
  const client = await context.pool.connect()
  try {
    // lines of the consent ledger go with the whole person, in a transaction that says so
    await client.query("begin; set local envoi.erasing = 'on'")
    const { rows } = await client.query<{ rows: number }>(statement)
    await client.query('commit')
    return rows[0]?.rows ?? 0
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}
