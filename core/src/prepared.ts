import type { Prisma } from '@envoi/prisma'

/** A tagged statement for the pool, under a name: Postgres parses it once per connection. One name, one text. */
export function prepared(name: string, sql: Prisma.Sql): { name: string; text: string; values: unknown[] } {
  return { name, text: sql.text, values: sql.values }
}
