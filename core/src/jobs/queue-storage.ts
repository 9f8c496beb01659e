import pg from 'pg'
import type { Platform } from '../context.ts'

/** Where the queues live when there is no Redis; nothing in it is worth a backup. */
export const queueSchema = 'bullmq'

/** Connections to the schema of the queues. */
export function openQueuePool(platform: Platform, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: platform.settings.databaseUrl,
    options: `-c search_path=${queueSchema}`,
    application_name: 'envoi queues',
    keepAlive: true,
    max,
  })
  // every queue and every worker listens to it
  pool.setMaxListeners(0)
  pool.on('error', (error) => platform.log.warn({ err: error }, 'an idle queue connection broke'))
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
