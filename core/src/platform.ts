import type { Logger } from 'pino'
import { openConnections, type ProcessKind } from './connections/process-connections.ts'
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

/** Opens what a process needs. `databaseUrl` and `masterKey` must be set by then. */
export function createPlatform(
  settings: Settings,
  options: {
    log: Logger
    /** `worker` unless said: its statements may take minutes, and it has no lanes. */
    kind?: ProcessKind
    clock?: Clock
    /** Connections for requests, or for jobs; ten unless said. */
    poolSize?: number
  },
): RunningPlatform {
  if (settings.databaseUrl === undefined || settings.masterKey === undefined) {
    throw new Error(
      'DATABASE_URL and ENVOI_MASTER_KEY are needed; `npm start` provides both in embedded mode',
    )
  }
  const { log, kind = 'worker', poolSize: size } = options
  const { close: closeConnections, ...connections } = openConnections(settings.databaseUrl, {
    kind,
    log,
    size,
  })
  const shared = databaseClock(connections.reserved.control, log)
  const clock = options.clock ?? shared
  const mailer = settings.smtpUrl === undefined ? null : createMailer(settings.smtpUrl)
  const keys = keysFrom(settings.masterKey)
  const contents = createContentThreads({ tokens: tokenKeysOf(keys) })
  return {
    ...connections,
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
      await closeConnections()
    },
  }
}
