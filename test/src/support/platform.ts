import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, createLog, createPlatform, type RunningPlatform, readSettings } from '@envoi/core'
import pg from 'pg'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { loseQueues } from './queues.ts'

/** A clock that goes on by itself and can be moved ahead. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void
  /** From here on it stands still. */
  stopAt(instant: Date): void
}

export function testClock(): TestClock {
  let ahead = 0
  let stopped: Date | undefined
  return {
    now: () => (stopped ? new Date(stopped) : new Date(Date.now() + ahead)),
    advance(milliseconds) {
      if (stopped) stopped = new Date(stopped.getTime() + milliseconds)
      else ahead += milliseconds
    },
    stopAt(instant) {
      stopped = instant
    },
  }
}

export interface TestPlatform extends RunningPlatform {
  clock: TestClock
  url: string
  /** What a test asks by itself: it takes none of the server's connections, and has no limit of time, which a slow machine would meet. */
  direct: pg.Pool
}

/**
 * A platform on a database of its own, with the settings of a real process: queues are on Redis when REDIS_URL is set,
 * on Postgres otherwise. `close` drops everything.
 */
export async function createTestPlatform(
  env: Record<string, string> = {},
  options: { logTo?: (line: string) => void; database?: TestDatabase } = {},
): Promise<TestPlatform> {
  const [database, dataDir] = await Promise.all([
    options.database ?? createTestDatabase(),
    mkdtemp(join(tmpdir(), 'envoi-data-')),
  ])
  const settings = readSettings({
    REDIS_URL: process.env.REDIS_URL,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    ENVOI_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    ...env,
    DATABASE_URL: database.url,
    ENVOI_DATA_DIR: dataDir,
  })
  const clock = testClock()
  const platform = createPlatform(settings, {
    log: createLog(settings.logLevel, options.logTo),
    kind: 'api',
    clock,
  })
  const direct = new pg.Pool({ connectionString: database.url, options: '-c jit=off' })
  // its server may be killed
  direct.on('error', () => undefined)
  return {
    ...platform,
    clock,
    direct,
    url: database.url,
    async close() {
      await direct.end()
      if (settings.redisUrl !== undefined) await loseQueues(platform)
      await platform.close()
      await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
