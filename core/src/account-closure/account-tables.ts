/**
 * Which tables hold rows of an account is asked of the database itself: a table that is added tomorrow is archived, and deleted, without
 * anybody thinking of it.
 */
import type pg from 'pg'

export interface AccountTable {
  name: string
  /** As they stand in a statement, quoted. */
  sql: string
  key: string[]
  /** The column that names the account. */
  accountColumn: 'account_id' | 'id'
}

/** What stays of a closed account: itself, reduced, and the receipts. */
const kept: ReadonlySet<string> = new Set(['account', 'account_closure'])

export const isKept = ({ name }: AccountTable) => kept.has(name)

/** All tables with rows of accounts, those first that refer to others: so they can be deleted in this order. */
export async function accountTables(db: Pick<pg.Pool, 'query'>): Promise<AccountTable[]> {
  const { rows } = await db.query<Row>({ name: 'account-tables', text: sql })
  const left = new Map(rows.map((row) => [row.name, row]))
  const tables: AccountTable[] = []
  while (left.size > 0) {
    const free = [...left.values()].filter(({ name, referredBy }) =>
      referredBy.every((other) => other === name || !left.has(other)),
    )
    if (free.length === 0)
      throw new Error(`tables that refer to each other in a ring cannot be deleted: ${[...left.keys()]}`)
    for (const { name, sql, key } of free) {
      tables.push({ name, sql, key, accountColumn: name === 'account' ? 'id' : 'account_id' })
      left.delete(name)
    }
  }
  return tables
}

interface Row {
  name: string
  sql: string
  key: string[]
  referredBy: string[]
}

// partitions are left out: they are their parent's
const sql = `
  select
    relname as name,
    format('%I', relname) as sql,
    (
      select array_agg(format('%I', attname) order by position)
      from pg_index, unnest(indkey::smallint[]) with ordinality as key (number, position)
      join pg_attribute on attnum = number
      where indrelid = pg_class.oid and indisprimary and attrelid = pg_class.oid
    ) as key,
    array(
      select distinct other.relname::text
      from pg_constraint
      join pg_class other on other.oid = conrelid
      where confrelid = pg_class.oid and contype = 'f' and not other.relispartition
    ) as "referredBy"
  from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
    and (
      relname = 'account'
      or exists (
        select from pg_attribute where attrelid = pg_class.oid and attname = 'account_id' and not attisdropped
      )
    )
  order by relname`
