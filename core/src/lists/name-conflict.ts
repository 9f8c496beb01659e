import { DomainError, uniqueViolation } from '../errors.ts'

/** Turns the broken unique index into its refusal. */
export function asNameConflict(error: unknown): unknown {
  if (uniqueViolation(error) === undefined) return error
  return new DomainError('conflict', { fields: [{ pointer: '/name', detail: 'is that of another list' }] })
}
