import pg from 'pg'
import type { Logger } from 'pino'

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
}

/**
 * Connections to the database. None of them compiles queries (`jit`): when statistics are off, Postgres takes a small query for a large one
 * and spends seconds on compiling it. What `options` in DATABASE_URL says wins.
 */
export function openPool(databaseUrl: string | undefined, log: Logger, options: PoolOptions): pg.Pool {
  const { name, max, connectMs } = options
  const pool = new pg.Pool({
    ...withOptions(databaseUrl, settingsOf(options)),
    application_name: `envoi ${name}`,
    keepAlive: true,
    max,
    connectionTimeoutMillis: connectMs,
  })
  // a connection that breaks while idle is replaced by the pool; without a listener it would end the process
  pool.on('error', (error) => log.warn({ err: error, pool: name }, 'an idle database connection broke'))
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
