import { migrate } from '../migrate.ts'

const url = process.env.DATABASE_URL
if (!url) {
  console.error(
    'DATABASE_URL is not set: expected the address of the database to migrate, as postgres://user:password@host:5432/name',
  )
  process.exit(1)
}
const applied = await migrate(url)
console.log(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`)
