/** Codes of what a later attempt can mend: no connection, or a transaction that lost against another. */
const passing = new Set([
  // sockets
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
  ],
  // Postgres: serialization failure, deadlock, too many connections, shutting down, crashed, starting up
  ...['40001', '40P01', '53300', '57P01', '57P02', '57P03'],
  // Prisma: not reachable, timed out, closed, transaction lost, pool exhausted, deadlock, too many connections
  ...['P1001', 'P1002', 'P1008', 'P1017', 'P1018', 'P2024', 'P2028', 'P2034', 'P2037'],
])

/** Whether a request failed because the database is away, or too busy, rather than by a fault of ours. */
export function isDatabaseAway(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 4) return false
  const { code, originalCode, cause, meta, message } = error as {
    code?: unknown
    originalCode?: unknown
    cause?: unknown
    meta?: { driverAdapterError?: unknown }
    message?: unknown
  }
  // SQLSTATE class 08: connection exceptions
  for (const name of [code, originalCode])
    if (typeof name === 'string' && (passing.has(name) || /^08\w{3}$/.test(name))) return true
  // node-postgres gives these no code
  if (
    typeof message === 'string' &&
    /Connection terminated|connection is closed|Client has encountered a connection error/i.test(message)
  )
    return true
  return isDatabaseAway(cause, depth + 1) || isDatabaseAway(meta?.driverAdapterError, depth + 1)
}
