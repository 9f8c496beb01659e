import pg from 'pg'
import { applyMigrations } from './schema-engine.ts'
import { migrationsFolder, readMigrations } from './schema-files.ts'

/**
 * Brings a database to the current schema; safe to call at every start, by several processes at once. Returns the names
 * of what was applied.
 */
export async function migrate(connectionString: string): Promise<string[]> {
  const names = await readMigrations()
  const done = await withClient(connectionString, appliedMigrations)
  // the engine takes half a second to load: at most starts there is nothing for it to do
  const isCurrent = names.every(({ name }) => done.has(name))
  const applied = isCurrent
    ? []
    : await applyMigrations(connectionString, { baseDir: migrationsFolder, names })
  // those that a migration made were ahead when it was applied; the daily job may not have run for months
  await withClient(connectionString, (client) => client.query('select envoi_ensure_partitions(now(), 3)'))
  return applied
}

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function appliedMigrations(client: pg.Client): Promise<Set<string>> {
  try {
    const { rows } = await client.query<{ migration_name: string }>(
      'select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null',
    )
    return new Set(rows.map((row) => row.migration_name))
  } catch (error) {
    // 42P01: no such table, so no migration yet
    if (error instanceof pg.DatabaseError && error.code === '42P01') return new Set()
    throw error
  }
}
