import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'

/** For what records consents on the way, while its operation asks for another permission. */
export function requireConsentsWrite(context: Context): void {
  if (!context.permissions.has('consents:write'))
    throw new DomainError('permission_missing', {
      detail: 'Recording consents needs the permission consents:write.',
    })
}
