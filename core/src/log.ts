import { type Logger, type LoggerOptions, pino } from 'pino'
import { sqlStateOf } from './database-away.ts'

/** Fields that may hold personal data or secrets, wherever they stand in a logged object. */
const personal = [
  'email',
  'phone',
  'firstName',
  'lastName',
  'name',
  'address',
  'to',
  'password',
  'currentPassword',
  'newPassword',
  'key',
  'token',
  'accessToken',
  'refreshToken',
  'authorization',
  'cookie',
  'body',
]

export const redaction = {
  paths: personal.flatMap((field) => [field, `*.${field}`, `*.*.${field}`, `*.headers["${field}"]`]),
  censor: '[redacted]',
}

/**
 * Errors are logged by type, code and stack without message: messages of databases and of mail servers repeat the
 * values they complain about. An error of Postgres that Prisma has wrapped (P2010, P2039) keeps its SQLSTATE.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error }
  const { code } = error as { code?: unknown }
  const sqlState = sqlStateOf(error)
  const frames = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '))
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(sqlState === undefined || sqlState === code ? {} : { sqlState }),
    stack: frames.slice(0, 12).join('\n'),
  }
}

export const logOptions = (level: string): LoggerOptions => ({
  level,
  redact: redaction,
  serializers: { err: describeError, error: describeError },
})

/** `write`: where lines go, instead of standard output. */
export function createLog(level: string, write?: (line: string) => void): Logger {
  return write === undefined ? pino(logOptions(level)) : pino(logOptions(level), { write })
}
