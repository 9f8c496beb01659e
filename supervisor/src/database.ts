import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@envoi/core'
import { EmbeddedPostgresError, startEmbeddedPostgres } from '@envoi/prisma/embedded'
import { migrate } from '@envoi/prisma/migrate'
import { StartError } from './start-error.ts'

export interface Database {
  url: string
  /** Resolves when it answers; again after a restart. */
  ready(): Promise<void>
  /** `kill -9`; resolves when it has gone. It is started again, where it was. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** The database that DATABASE_URL names, brought to the current schema. Keeping it running is somebody else's work. */
export async function openGivenDatabase(url: string): Promise<Database> {
  try {
    await migrate(url)
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new StartError(`The database at DATABASE_URL cannot be used: ${why}`)
  }
  const kill = async () => {
    throw new Error('only an embedded database can be killed')
  }
  return { url, ready: async () => undefined, kill, stop: async () => undefined }
}

/** A Postgres of our own, kept running on the same port. */
export async function openEmbeddedDatabase(dataDir: string, log: Logger): Promise<Database> {
  const folder = join(dataDir, 'postgres')
  let stopping = false
  let server = await startEmbeddedPostgres({ dataDir: folder }).catch((error: unknown) => {
    throw error instanceof EmbeddedPostgresError ? new StartError(error.message) : error
  })
  let ready: Promise<void> = Promise.resolve()
  const { port, url } = server

  function keepRunning(): void {
    server.exited.then(async () => {
      if (stopping) return
      log.warn('the embedded database has ended and is started again')
      ready = restart()
      await ready
    })
  }

  async function restart(): Promise<void> {
    for (let pause = 100; !stopping; pause = Math.min(pause * 2, 10_000)) {
      try {
        server = await startEmbeddedPostgres({ dataDir: folder, port })
        keepRunning()
        return
      } catch (error) {
        log.error({ err: error, retryInMs: pause }, 'the embedded database does not start')
        await sleep(pause)
      }
    }
  }

  keepRunning()
  await migrate(url)
  return {
    url,
    ready: () => ready,
    kill: () => server.kill(),
    async stop() {
      stopping = true
      await ready
      // a fast shutdown waits for its last checkpoint; beyond that, recovery at the next start does the same work
      const stuck = setTimeout(() => server.kill(), 15_000)
      await server.stop()
      clearTimeout(stuck)
    },
  }
}
