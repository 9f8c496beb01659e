import type { Platform } from '@envoi/core'
import { databaseId, queueSchema } from '@envoi/core/jobs/queue-storage'
import { Redis } from 'ioredis'

/** What FLUSHALL does, to the queues of one platform only: others may be on the same Redis. */
export async function loseQueues(platform: Platform): Promise<number> {
  const { redisUrl } = platform.settings
  if (redisUrl === undefined) return loseOnPostgres(platform)
  const redis = new Redis(redisUrl)
  try {
    const keys = await redis.keys(`envoi:${await databaseId(platform)}:*`)
    return keys.length === 0 ? 0 : await redis.del(...keys)
  } finally {
    redis.disconnect()
  }
}

async function loseOnPostgres(platform: Platform): Promise<number> {
  const { rows } = await platform.pool.query<{ table: string }>(
    `select format('%I.%I', schemaname, tablename) as table from pg_tables where schemaname = $1 and tablename <> 'migration'`,
    [queueSchema],
  )
  if (rows.length > 0) await platform.pool.query(`truncate ${rows.map(({ table }) => table).join(', ')}`)
  return rows.length
}
