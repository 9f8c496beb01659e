import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@envoi/prisma/embedded'
import { migrate } from '@envoi/prisma/migrate'
import pg from 'pg'

/** Databases of a bench: each measurement has one of its own, cloned, so that none is slower for what came before it. */
export interface BenchDatabases {
  /** A clone, of the empty migrated database or of another. */
  clone(from?: string): Promise<BenchDatabase>
  stop(): Promise<void>
}

export interface BenchDatabase {
  name: string
  url: string
  /** Runs one statement. */
  run(sql: string, values?: unknown[]): Promise<pg.QueryResult>
  drop(): Promise<void>
}

/** On the server of DATABASE_URL, whose user must be a superuser to let it read files; else on an embedded one. */
export async function startBenchDatabases(): Promise<BenchDatabases> {
  const folder = await mkdtemp(join(tmpdir(), 'envoi-bench-'))
  await chmod(folder, 0o755)
  const given = process.env.DATABASE_URL
  const server =
    given === undefined
      ? await startEmbeddedPostgres({ dataDir: folder, settings: { shared_buffers: '512MB' } })
      : undefined
  const serverUrl = given ?? server?.url ?? ''
  const prefix = `envoi_bench_${randomBytes(4).toString('hex')}`
  let count = 0

  const onServer = (sql: string) => once(serverUrl, sql)
  const urlOf = (name: string) => Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href
  const template = `${prefix}_template`
  await onServer(`create database ${template}`)
  await migrate(urlOf(template))
  return {
    async clone(from = template) {
      const name = `${prefix}_${count++}`
      await onServer(`create database ${name} template ${from}`)
      const url = urlOf(name)
      return {
        name,
        url,
        run: (sql, values) => once(url, sql, values),
        drop: async () => void (await onServer(`drop database ${name} with (force)`)),
      }
    },
    async stop() {
      await onServer(`drop database if exists ${template} with (force)`)
      await server?.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function once(url: string, sql: string, values?: unknown[]): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await client.query(sql, values)
  } finally {
    await client.end()
  }
}
