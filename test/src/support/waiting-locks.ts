import type { TestPlatform } from './platform.ts'

/** Statements of a test's database that wait for a lock. */
export async function waitingForLocks({ pool }: TestPlatform): Promise<number> {
  const { rows } = await pool.query<{ waiting: number }>(
    `select count(distinct pid)::int as waiting from pg_locks join pg_database on oid = database
     where not granted and datname = current_database()`,
  )
  return rows[0]?.waiting ?? 0
}

/** Keeps others from writing to a table (`share row exclusive`), or from reading it as well, until it is called. */
export async function lockTable(
  { pool }: TestPlatform,
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
