import type { Prisma } from '@envoi/prisma'
import type { ClientBase } from 'pg'
import type { Context } from '../context.ts'

/** Runs tagged SQL on a connection of one's own: COPY and a temporary table belong to one. */
export async function run<Row extends object>(client: ClientBase, sql: Prisma.Sql) {
  const { rows, rowCount } = await client.query<Row>(sql.text, sql.values as unknown[])
  return { rows, count: rowCount ?? 0 }
}

/** Somebody else is at it: the import goes on without us. */
export class Occupied extends Error {}

/**
 * A connection for the length of an import, which nobody else runs meanwhile: two workers may believe they hold the job when
 * one has been stopped for longer than its lease. The lock goes with the connection, so a killed worker holds nothing.
 */
export async function withImportConnection<T>(
  context: Context,
  importId: string,
  work: (client: ClientBase) => Promise<T>,
): Promise<T> {
  const client = await context.pool.connect()
  // heard here, or a connection that breaks between two queries would end the process
  client.on('error', (error) => context.log.warn({ err: error }, 'the connection of an import broke'))
  let broken: Error | undefined
  try {
    const { rows } = await client.query<{ mine: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as mine',
      [`import ${context.accountId} ${importId}`],
    )
    if (rows[0]?.mine !== true) throw new Occupied('another worker runs this import')
    return await work(client)
  } catch (error) {
    broken = error instanceof Error ? error : new Error('the import broke off')
    throw error
  } finally {
    // closing it ends whatever was under way, the lock included
    client.release(broken ?? true)
  }
}
