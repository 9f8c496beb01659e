/** `npm run db:migrate`: brings the database of DATABASE_URL to the current schema. */
import { migrate } from '../migrate.ts'

function refuse(message: string): never {
  console.error(message)
  process.exit(1)
}

const url = process.env.DATABASE_URL ?? ''
if (!/^postgres(ql)?:/.test(url) || !URL.canParse(url))
  refuse('DATABASE_URL is not valid: expected a Postgres address, as postgres://user:password@host:5432/name')
const applied = await migrate(url).catch((error: Error & { code?: string }) =>
  refuse(
    `The database at DATABASE_URL cannot be migrated: ${error.message.trim().split('\n').at(-1) || error.code}`,
  ),
)
console.log(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`)
