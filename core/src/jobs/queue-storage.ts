import type pg from 'pg'
import { openPool } from '../connections/open-pool.ts'
import type { Platform } from '../context.ts'

/** Where the queues live when there is no Redis; nothing in it is worth a backup. */
export const queueSchema = 'bullmq'

/** Connections to the schema of the queues. */
export function openQueuePool(platform: Platform, max: number): pg.Pool {
  const pool = openPool(platform.settings.databaseUrl, platform.log, {
    name: 'queues',
    max,
    searchPath: queueSchema,
    // its statements move single jobs; a worker listens on its connection without one
    statementMs: 60_000,
    // however long the database is away
    connectMs: 0,
  })
  // every queue and every worker listens to it
  pool.setMaxListeners(0)
  return pool
}

/** Tells one database from all others, so that several may share a Redis. */
export async function databaseId(platform: Platform): Promise<string> {
  const { rows } = await platform.pool.query<{ id: string }>(
    `select system_identifier || '-' || (select oid from pg_database where datname = current_database()) as id
     from pg_control_system()`,
  )
  return rows[0]?.id ?? ''
}
