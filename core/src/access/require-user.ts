import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'

/** The user behind the request. A key is nobody: it has no second factor, no password, no sessions. */
export function requireUser({ actor }: Context): string {
  if (actor.type === 'user' && actor.id !== null) return actor.id
  throw new DomainError('permission_missing', {
    detail: 'It takes a user who is logged in; a key is nobody.',
  })
}
