import { createHash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { PrismaClient } from './generated/client.ts'

export * from './generated/client.ts'

/** A client on an existing pool: Prisma and hand-written `pg` queries share its connections. */
export function createPrismaClient(pool: pg.Pool): PrismaClient {
  return new PrismaClient({
    adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => statementName(sql) }),
  })
}

/** Names make Postgres keep the plan of a statement per connection: a read by key costs half as much. */
const names = new Map<string, string>()
function statementName(sql: string): string {
  let name = names.get(sql)
  if (name === undefined) {
    name = createHash('sha1').update(sql).digest('base64url')
    if (names.size < 10_000) names.set(sql, name)
  }
  return name
}
