import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface SchemaFile {
  path: string
  content: string
}

/** `prisma/`, whether this runs from `src` or from `dist`. */
export const packageRoot = fileURLToPath(new URL('..', import.meta.url))
export const schemaFolder = join(packageRoot, 'schema')
export const migrationsFolder = join(packageRoot, 'migrations')

export async function readSchema(): Promise<SchemaFile[]> {
  const names = (await readdir(schemaFolder)).filter((name) => name.endsWith('.prisma')).sort()
  return Promise.all(
    names.map(async (name) => ({ path: name, content: await readFile(join(schemaFolder, name), 'utf8') })),
  )
}

/** All migrations, oldest first. */
export async function readMigrations(): Promise<{ name: string; sql: string }[]> {
  const entries = await readdir(migrationsFolder, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  return Promise.all(
    names.map(async (name) => ({
      name,
      sql: await readFile(join(migrationsFolder, name, 'migration.sql'), 'utf8'),
    })),
  )
}
