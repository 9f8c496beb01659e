import { DomainError } from './errors.ts'

/**
 * The outcome of an update that named the version it expected: nothing matched because the row is gone, or because it has
 * changed since it was read.
 */
export async function requireUpdated(count: number, exists: () => Promise<unknown>): Promise<void> {
  if (count > 0) return
  throw new DomainError((await exists()) === null ? 'not_found' : 'precondition_failed')
}
