/** Why a request cannot be served now, through no fault of its own: what a later attempt may find mended. */
export type Unavailability =
  /** No connection to be had, or a transaction that lost against another. */
  | 'away'
  /** The database takes no more data: its disk is full, or it is a standby. */
  | 'full'
  /** A statement ran into its time limit, or was cancelled. */
  | 'late'

/** Errors of sockets. */
const sockets = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]

/** Prisma: not reachable, timed out, closed, transaction lost, pool exhausted, deadlock, too many connections. */
const prisma = ['P1001', 'P1002', 'P1008', 'P1017', 'P1018', 'P2024', 'P2028', 'P2034', 'P2037']

const byCode = new Map<string, Unavailability>([
  ...[...sockets, ...prisma].map((code) => [code, 'away'] as const),
  // serialization failure, deadlock
  ...['40001', '40P01'].map((code) => [code, 'away'] as const),
  // shutting down, crashed, starting up or in recovery, idle for too long
  ...['57P01', '57P02', '57P03', '57P05'].map((code) => [code, 'away'] as const),
  ['53100', 'full'],
  // read-only: a standby, or what managed servers do when their disk fills up
  ['25006', 'full'],
  // query canceled, lock not available (lock_timeout)
  ['57014', 'late'],
  ['55P03', 'late'],
])

/** SQLSTATE classes: connection exceptions, insufficient resources. */
const byClass = new Map<string, Unavailability>([
  ['08', 'away'],
  ['53', 'away'],
])

/** node-postgres and its pool give these no code. */
const messages = [
  'connection terminated',
  'connection is closed',
  'client has encountered a connection error',
  'client was closed and is not queryable',
  'timeout exceeded when trying to connect',
  'cannot use a pool after calling end',
  'query read timeout',
]

/** Whether a request failed because the database cannot serve it now, and how; undefined when it is a fault of ours. */
export function unavailabilityOf(error: unknown): Unavailability | undefined {
  for (const { code, message } of causesOf(error)) {
    const known = byCode.get(code ?? '') ?? (isSqlState(code) ? byClass.get(code.slice(0, 2)) : undefined)
    if (known !== undefined) return known
    const text = message?.toLowerCase()
    if (text !== undefined && messages.some((one) => text.includes(one))) return 'away'
  }
  return undefined
}

/** Whether the database is away, too busy or full: whoever waits for it may go on waiting. */
export function isDatabaseAway(error: unknown): boolean {
  const why = unavailabilityOf(error)
  return why === 'away' || why === 'full'
}

/** What Postgres called an error, however deep Prisma has wrapped it. */
export function sqlStateOf(error: unknown): string | undefined {
  for (const { code } of causesOf(error)) if (isSqlState(code)) return code
  return undefined
}

/** Five digits and upper-case letters. Of Node's codes and Prisma's, some have five characters too: EPIPE, P2010. */
const isSqlState = (code: string | undefined): code is string =>
  code !== undefined && /^(?!P[1-9]|E[A-Z]{4})[0-9A-Z]{5}$/.test(code)

/** An error with what caused it, as node-postgres, Prisma and its driver adapter wrap each other. */
function* causesOf(error: unknown, depth = 0): Generator<{ code?: string; message?: string }> {
  if (typeof error !== 'object' || error === null || depth > 4) return
  const { code, originalCode, cause, meta, message } = error as {
    code?: unknown
    originalCode?: unknown
    cause?: unknown
    meta?: { driverAdapterError?: unknown }
    message?: unknown
  }
  for (const name of [code, originalCode]) if (typeof name === 'string') yield { code: name }
  if (typeof message === 'string') yield { message }
  yield* causesOf(cause, depth + 1)
  yield* causesOf(meta?.driverAdapterError, depth + 1)
}
