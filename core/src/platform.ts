import { createPrismaClient } from '@envoi/prisma'
import pg from 'pg'
import type { Logger } from 'pino'
import { createContentThreads } from './content/content-threads.ts'
import type { Clock, Platform } from './context.ts'
import { keysFrom } from './crypto/keys.ts'
import { databaseClock } from './database-clock.ts'
import { diskFiles } from './files.ts'
import { idGenerator } from './ids.ts'
import { createMailer } from './mail/mailer.ts'
import type { Settings } from './settings.ts'
import { tokenKeysOf } from './tracking/token-keys.ts'

export interface RunningPlatform extends Platform {
  /** Sets the clock by the database's and keeps it so, unless it was given a clock. */
  synchronise(): Promise<void>
  close(): Promise<void>
}

/** A server that takes no connection, or gives none back, in that time is away: who waits is told so instead of hanging. */
const CONNECTION_MS = 15_000

/** Opens what a process needs. `databaseUrl` and `masterKey` must be set by then. */
export function createPlatform(
  settings: Settings,
  options: { log: Logger; clock?: Clock; poolSize?: number },
): RunningPlatform {
  if (settings.databaseUrl === undefined || settings.masterKey === undefined) {
    throw new Error(
      'DATABASE_URL and ENVOI_MASTER_KEY are needed; `npm start` provides both in embedded mode',
    )
  }
  const { log, poolSize = 10 } = options
  const pool = new pg.Pool({
    connectionString: settings.databaseUrl,
    max: poolSize,
    connectionTimeoutMillis: CONNECTION_MS,
  })
  // a connection that breaks while idle is replaced by the pool; without a listener it would end the process
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection broke'))
  const shared = databaseClock(pool, log)
  const clock = options.clock ?? shared
  const db = createPrismaClient(pool)
  const mailer = settings.smtpUrl === undefined ? null : createMailer(settings.smtpUrl)
  const keys = keysFrom(settings.masterKey)
  const contents = createContentThreads({ tokens: tokenKeysOf(keys) })
  return {
    db,
    pool,
    clock,
    newId: idGenerator(clock),
    keys,
    files: diskFiles(settings.dataDir),
    contents,
    mailer,
    settings,
    log,
    async synchronise() {
      if (clock === shared) await shared.synchronise()
    },
    async close() {
      shared.stop()
      await mailer?.close()
      await contents.close()
      await db.$disconnect()
      await pool.end()
    },
  }
}
