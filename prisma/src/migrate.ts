import pg from 'pg'
import { applyMigrations } from './schema-engine.ts'
import { migrationsFolder, readMigrations } from './schema-files.ts'

/**
 * Brings a database to the current schema; safe to call at every start, by several processes at once. Returns the names
 * of what was applied.
 */
export async function migrate(connectionString: string): Promise<string[]> {
  const names = await readMigrations()
  const applied = await appliedMigrations(connectionString)
  // the engine takes half a second to load: at most starts there is nothing for it to do
  if (names.every(({ name }) => applied.has(name))) return []
  return applyMigrations(connectionString, { baseDir: migrationsFolder, names })
}

async function appliedMigrations(connectionString: string): Promise<Set<string>> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const { rows } = await client.query<{ migration_name: string }>(
      'select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null',
    )
    return new Set(rows.map((row) => row.migration_name))
  } catch (error) {
    // 42P01: no such table, so no migration yet
    if (error instanceof pg.DatabaseError && error.code === '42P01') return new Set()
    throw error
  } finally {
    await client.end()
  }
}
