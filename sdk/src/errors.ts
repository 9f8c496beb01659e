import type { components } from './generated/schema.ts'

export type Problem = components['schemas']['Problem']

/** Anything that went wrong with a call: see its subclasses. */
export class EnvoiError extends Error {
  override name = 'EnvoiError'
}

/** The server could not be reached, or fell silent, in every attempt; `cause` is what the last one met. */
export class ConnectionError extends EnvoiError {
  override name = 'ConnectionError'
}

/** `waitFor` gave up waiting. */
export class WaitError extends EnvoiError {
  override name = 'WaitError'
}

/** The API answered with a problem (RFC 9457). */
export class ApiError extends EnvoiError {
  override name = 'ApiError'
  readonly status: number
  /** Stable, for programs; the list is in the contract. */
  readonly code: Problem['code'] | undefined
  /** Fields that are at fault, as JSON pointers. */
  readonly errors: NonNullable<Problem['errors']>
  /** `X-Request-Id`, to be quoted when reporting it. */
  readonly requestId: string | undefined
  /** Seconds that the server asks to wait (`Retry-After`). */
  readonly retryAfter: number | undefined
  readonly problem: Problem | undefined

  constructor(response: Response, problem: Problem | undefined, retryAfter: number | undefined) {
    super(problem === undefined ? `HTTP ${response.status}` : (problem.detail ?? problem.title))
    this.status = response.status
    this.code = problem?.code
    this.errors = problem?.errors ?? []
    this.requestId = response.headers.get('x-request-id') ?? undefined
    this.retryAfter = retryAfter
    this.problem = problem
  }
}

/** 400: the request does not have the declared form. */
export class MalformedError extends ApiError {
  override name = 'MalformedError'
}
/** 401 */
export class AuthenticationError extends ApiError {
  override name = 'AuthenticationError'
}
/** 403 */
export class PermissionError extends ApiError {
  override name = 'PermissionError'
}
/** 404 */
export class NotFoundError extends ApiError {
  override name = 'NotFoundError'
}
/** 409 */
export class ConflictError extends ApiError {
  override name = 'ConflictError'
}
/** 412: the resource has changed since it was read. */
export class PreconditionError extends ApiError {
  override name = 'PreconditionError'
}
/** 422: well-formed, but a rule refuses it. */
export class InvalidError extends ApiError {
  override name = 'InvalidError'
}
/** 429, after all retries. */
export class RateLimitError extends ApiError {
  override name = 'RateLimitError'
}
/** 5xx, after all retries. */
export class ServerError extends ApiError {
  override name = 'ServerError'
}

const byStatus: Record<number, typeof ApiError> = {
  400: MalformedError,
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  409: ConflictError,
  412: PreconditionError,
  422: InvalidError,
  429: RateLimitError,
}

/** The error that stands for an answer; its body is read to the end. */
export async function apiError(response: Response, retryAfter?: number): Promise<ApiError> {
  const Kind = byStatus[response.status] ?? (response.status >= 500 ? ServerError : ApiError)
  return new Kind(response, problemIn(response, await response.text()), retryAfter)
}

/** undefined for what a proxy on the way has answered instead. */
function problemIn(response: Response, text: string): Problem | undefined {
  const type = response.headers.get('content-type') ?? ''
  // OAuth endpoints answer problems as plain JSON (RFC 6749, section 5.2)
  if (!/^application\/(problem\+)?json\b/.test(type)) return undefined
  try {
    const problem = JSON.parse(text) as Problem
    return typeof problem.code === 'string' ? problem : undefined
  } catch {
    return undefined
  }
}
