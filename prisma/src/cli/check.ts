/** `npm run db:check`: fails when the migrations do not lead to the schema. */
import pg from 'pg'
import { buildFromSchema, findDrift } from '../drift.ts'
import { withEmbeddedPostgres } from '../embedded.ts'
import { migrate } from '../migrate.ts'

const drift = await withEmbeddedPostgres(async (url) => {
  const other = new URL(url)
  other.pathname = '/schema'
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('create database schema')
  await client.end()
  await migrate(url)
  await buildFromSchema(other.href)
  return findDrift(url, other.href)
})
if (drift.length === 0) {
  console.log('The migrations lead to the schema.')
} else {
  console.error(`The migrations do not lead to the schema:\n${drift.map((line) => `  ${line}`).join('\n')}`)
  console.error('`npm run db:new -- <name>` writes the migration that is missing.')
  process.exitCode = 1
}
