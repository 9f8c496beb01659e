import pg from 'pg'
import type { Logger } from 'pino'
import { watchSilence } from './watch-silence.ts'

export interface PoolOptions {
  /** What `pg_stat_activity` calls its connections. */
  name: string
  max: number
  /** Longest statement, waits for locks included. */
  statementMs: number
  /** Longest wait for a connection; 0: as long as it takes. */
  connectMs: number
  /** Longest pause in a transaction that the process has forgotten. */
  idleInTransactionMs?: number
  searchPath?: string
  /**
   * How long a connection that was asked something may say nothing before the server is asked whether it is there, and how long
   * that may take.
   */
  silenceMs?: number
}

/** Together they are what a request waits for a database that has frozen: less than a balancer, or a person, waits for an answer. */
const silenceMs = 5_000

/**
 * Connections to the database. None of them compiles queries (`jit`): when statistics are off, Postgres takes a small query for a large one
 * and spends seconds on compiling it. What `options` in DATABASE_URL says wins.
 */
export function openPool(databaseUrl: string | undefined, log: Logger, options: PoolOptions): pg.Pool {
  const { name, max, connectMs } = options
  const config = { ...withOptions(databaseUrl, settingsOf(options)), keepAlive: true }
  const pool = new pg.Pool({
    ...config,
    application_name: `envoi ${name}`,
    max,
    connectionTimeoutMillis: connectMs,
  })
  watchSilence(pool, config, {
    silenceMs: options.silenceMs ?? silenceMs,
    onSilence: () => log.warn({ pool: name }, 'a database connection was ended: nobody answers'),
  })
  // a connection that breaks while idle is replaced by the pool, and one in use tells whoever waits on it; without a listener either would
  // end the process
  pool.on('error', (error) => log.warn({ err: error, pool: name }, 'an idle database connection broke'))
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

function settingsOf({ statementMs, idleInTransactionMs, searchPath }: PoolOptions): string {
  const settings = {
    jit: 'off',
    statement_timeout: statementMs,
    ...(idleInTransactionMs === undefined
      ? {}
      : { idle_in_transaction_session_timeout: idleInTransactionMs }),
    ...(searchPath === undefined ? {} : { search_path: searchPath }),
  }
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
}

/** node-postgres lets the URL's own `options` replace those it is given. */
export function withOptions(databaseUrl: string | undefined, ours: string) {
  if (databaseUrl === undefined) return { options: ours }
  const url = new URL(databaseUrl)
  const theirs = url.searchParams.get('options')
  // left as it is: a URL that is written anew may come to encode a password otherwise
  if (theirs === null) return { connectionString: databaseUrl, options: ours }
  url.searchParams.delete('options')
  return { connectionString: url.href, options: `${ours} ${theirs}` }
}
