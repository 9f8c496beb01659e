import { rm } from 'node:fs/promises'
import { startEmbeddedPostgres } from '@envoi/prisma/embedded'
import { migrate } from '@envoi/prisma/migrate'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { onServer } from '../support/global-setup.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

export interface CrashableDatabase extends TestDatabase {
  /** It goes without a word, and comes back some moments later. */
  crash(): Promise<void>
}

/**
 * A database whose server can be killed: an embedded one of its own. A given server serves others too, so that there all
 * connections are broken and no new ones let in for a while; what they had under way is rolled back likewise.
 */
export function createCrashableDatabase(): Promise<CrashableDatabase> {
  return process.env.DATABASE_URL === undefined ? ownServer() : connectionsOf(process.env.DATABASE_URL)
}

async function ownServer(): Promise<CrashableDatabase> {
  const dataDir = await temporaryFolder('crash')
  // the machine stays up, and what a killed process has written is there without fsync
  const settings = { fsync: 'off' }
  let server = await startEmbeddedPostgres({ dataDir, settings })
  const { url, port } = server
  await migrate(url)
  return {
    url,
    async crash() {
      await server.kill()
      server = await startEmbeddedPostgres({ dataDir, port, settings })
    },
    async drop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function connectionsOf(server: string): Promise<CrashableDatabase> {
  const database = await createTestDatabase()
  const proxy = await startTcpProxy(database.url)
  return {
    url: proxy.url,
    async crash() {
      await proxy.cut()
      const name = new URL(database.url).pathname.slice(1)
      await onServer(server, (client) =>
        client.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
          [name],
        ),
      )
      await new Promise((resolve) => setTimeout(resolve, 500))
      await proxy.restore()
    },
    async drop() {
      await proxy.close()
      await database.drop()
    },
  }
}
