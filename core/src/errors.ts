import { type ErrorCode, errors } from '@envoi/openapi'

export interface FieldProblem {
  /** JSON pointer (RFC 6901) into the body; `/query/…` or `/path/…` for the rest of the request. */
  pointer: string
  detail: string
}

/** A refusal that the caller can understand: the edge turns it into an RFC 9457 problem. Codes live in the contract's table. */
export class DomainError extends Error {
  readonly code: ErrorCode
  readonly status: number
  /** For the caller's eyes; holds no personal data. */
  readonly detail: string | undefined
  readonly fields: FieldProblem[]
  /** Seconds to wait before trying again. */
  readonly retryAfter: number | undefined

  constructor(
    code: ErrorCode,
    options: { detail?: string; fields?: FieldProblem[]; retryAfter?: number } = {},
  ) {
    super(options.detail ?? errors[code].title)
    this.name = 'DomainError'
    this.code = code
    this.status = errors[code].status
    this.detail = options.detail
    this.fields = options.fields ?? []
    this.retryAfter = options.retryAfter
  }
}

/** 422 at one field. */
export function invalid(pointer: string, detail: string): DomainError {
  return new DomainError('invalid', { detail: `${pointer} ${detail}`, fields: [{ pointer, detail }] })
}

/** Whether a database error is a broken unique index, and on which columns. */
export function uniqueViolation(error: unknown): string[] | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { code, meta } = error as {
    code?: string
    meta?: {
      driverAdapterError?: { cause?: { originalCode?: string; constraint?: { fields?: string[] } } }
      target?: string[]
    }
  }
  const cause = meta?.driverAdapterError?.cause
  // P2010: a statement of our own failed; SQLSTATE 23505 says at what
  if (code !== 'P2002' && !(code === 'P2010' && cause?.originalCode === '23505')) return undefined
  const fields = cause?.constraint?.fields ?? meta?.target ?? []
  return fields.map((field) => field.replaceAll('"', ''))
}
