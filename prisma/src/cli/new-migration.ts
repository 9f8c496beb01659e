/**
 * `npm run db:new -- <name>`: writes the next migration, the difference between the committed schema (git HEAD) and the
 * edited one. What Prisma's schema language cannot say (partitions, functions, unlogged tables) is added to the file by hand.
 */
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withEmbeddedPostgres } from '../embedded.ts'
import { diffSchemas } from '../schema-engine.ts'
import { migrationsFolder, packageRoot, readSchema, type SchemaFile } from '../schema-files.ts'

function committedSchema(): SchemaFile[] | null {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: packageRoot, encoding: 'utf8' })
  const paths = git('ls-tree', '--name-only', 'HEAD', 'schema/')
    .split('\n')
    .filter((path) => path.endsWith('.prisma'))
  const migrated = git('ls-tree', '--name-only', 'HEAD', 'migrations/').includes('migrations/')
  if (paths.length === 0 || !migrated) return null
  return paths.map((path) => ({ path: path.replace('schema/', ''), content: git('show', `HEAD:./${path}`) }))
}

const name = process.argv[2]
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error('Usage: npm run db:new -- <name>   (lower-case letters, digits and underscores)')
  process.exit(1)
}
const sql = await withEmbeddedPostgres(async (url) => diffSchemas(url, committedSchema(), await readSchema()))
if (sql.includes('This is an empty migration')) {
  console.log('The schema has not changed since the last commit: nothing to migrate.')
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = join(migrationsFolder, `${stamp}_${name}`)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'migration.sql'), sql)
  console.log(`Wrote ${join(folder, 'migration.sql')}`)
}
