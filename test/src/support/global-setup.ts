import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@envoi/prisma/embedded'
import { migrate } from '@envoi/prisma/migrate'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { withoutBrowser } from './find-browser.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A database with all migrations, to be cloned. */
    template: { server: string; name: string }
  }
}

/**
 * Once for all test files: a server (that of DATABASE_URL, else an embedded one) and on it a migrated database, which
 * each test file clones. All that a run makes begins with its own prefix, and goes at the end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (withoutBrowser)
    process.stderr.write(
      'No Chromium found: tests in a browser are skipped. Install it, or name it in CHROMIUM_PATH.\n',
    )
  const given = process.env.DATABASE_URL
  const { url, stop } = given ? { url: given, stop: async () => {} } : await startServer()
  const name = `envoi_test_${randomBytes(4).toString('hex')}`
  await onServer(url, (client) => client.query(`create database ${name}`))
  await migrate(databaseUrl(url, name))
  project.provide('template', { server: url, name })
  return async () => {
    await onServer(url, async (client) => {
      const { rows } = await client.query<{ datname: string }>(
        'select datname from pg_database where starts_with(datname, $1)',
        [name],
      )
      for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`)
    })
    await stop()
  }
}

async function startServer() {
  const folder = await mkdtemp(join(tmpdir(), 'envoi-test-'))
  await chmod(folder, 0o755)
  const server = await startEmbeddedPostgres({
    dataDir: folder,
    // statistics never come by themselves in the middle of a test; nothing has to survive a crash
    settings: {
      autovacuum: 'off',
      fsync: 'off',
      full_page_writes: 'off',
      wal_level: 'minimal',
      max_wal_senders: '0',
    },
  })
  const stop = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { url: server.url, stop }
}

export function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

export async function onServer<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl(server, 'postgres') })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
