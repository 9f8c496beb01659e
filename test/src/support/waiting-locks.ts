import type { TestPlatform } from './platform.ts'

/** Statements of a test's database that wait for a lock: of a table, or of a row (which names no database in pg_locks). */
export async function waitingForLocks({ direct: pool }: TestPlatform): Promise<number> {
  const { rows } = await pool.query<{ waiting: number }>(
    `select count(*)::int as waiting from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return rows[0]?.waiting ?? 0
}

/** Keeps others from writing to a table (`share row exclusive`), or from reading it as well, until it is called. */
export async function lockTable(
  { direct: pool }: TestPlatform,
  table: string,
  mode: 'share row exclusive' | 'access exclusive',
): Promise<() => Promise<void>> {
  const client = await pool.connect()
  await client.query(`begin; lock table ${table} in ${mode} mode`)
  return async () => {
    await client.query('rollback')
    client.release()
  }
}
