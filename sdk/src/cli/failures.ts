import { ApiError, ConnectionError } from '../errors.ts'
import { type ExitCode, exitCodeOf } from './exit-codes.ts'

/** A failure that was foreseen: its words are for whoever typed the command. */
export class CliError extends Error {
  override name = 'CliError'
  readonly exitCode: ExitCode
  /** More about it, a line each. */
  readonly details: string[]

  constructor(message: string, exitCode: ExitCode = 1, details: string[] = []) {
    super(message)
    this.exitCode = exitCode
    this.details = details
  }
}

/** The command line is not right. */
export class UsageError extends CliError {
  override name = 'UsageError'
  constructor(message: string, details: string[] = []) {
    super(message, 2, details)
  }
}

/** There are no credentials, or they are no longer good. */
export class NotLoggedIn extends CliError {
  override name = 'NotLoggedIn'
  constructor(message: string, details = ['`envoi login` opens a session; ENVOI_API_KEY does without one']) {
    super(message, 3, details)
  }
}

/** Ctrl-C. */
export class Interrupted extends CliError {
  override name = 'Interrupted'
  constructor() {
    super('Interrupted', 130)
  }
}

/** A failure in words for people, and as data for programs. */
export interface Failure {
  exitCode: ExitCode
  title: string
  details: string[]
  /** What is shown with `--json`. */
  data: Record<string, unknown>
  /** Nobody foresaw it: where it happened is worth knowing. */
  stack?: string
}

export function failureOf(error: unknown): Failure {
  if (error instanceof ApiError) return refusal(error)
  if (error instanceof CliError) return plain(error.message, error.exitCode, error.details)
  if (error instanceof ConnectionError) return plain('The server could not be reached', 6, [error.message])
  if (!(error instanceof Error)) return plain(String(error), 1)
  // of the file system, in its own words
  if ('syscall' in error) return plain(error.message, 1)
  return { ...plain(error.message, 1), stack: error.stack }
}

function plain(title: string, exitCode: ExitCode, details: string[] = []): Failure {
  const detail = details.length === 0 ? undefined : details.join('\n')
  return { exitCode, title, details, data: { title, detail } }
}

/** The problem's title, its detail, and each field that is at fault on a line. */
function refusal({ status, problem, message, errors, code, requestId, retryAfter }: ApiError): Failure {
  const title = problem?.title ?? `The server answered ${message}`
  const detail = problem?.detail
  return {
    exitCode: exitCodeOf(status),
    title,
    details: [
      ...(detail === undefined || detail === title ? [] : [detail]),
      ...errors.map((one) => `${one.pointer || '/'}: ${one.detail}`),
      ...(retryAfter === undefined ? [] : [`try again in ${Math.ceil(retryAfter)} s`]),
      ...(code === 'unauthenticated'
        ? ['`envoi login` opens a session; ENVOI_API_KEY goes first when it is set']
        : []),
      ...(code === 'proof_required' ? ['`envoi login` proves it for 15 minutes'] : []),
      ...(requestId === undefined ? [] : [`request ${requestId}`]),
    ],
    data: { title, detail, status, code, errors, requestId, retryAfter },
  }
}
