import { type Lowering, lowering } from '@envoi/openapi'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'

/**
 * Lowering a protection needs the right to what it protects, whoever may change the rest: else a field declared harmless would show its
 * values to those who see it masked. The contract says which changes these are, and which right each needs; the caller says whether a
 * change lowers anything, as compared with what stands there when it is written.
 *
 * @throws DomainError `permission_missing` with a pointer to each
 */
export function requireToLower<Operation extends keyof Lowering>(
  { permissions }: Pick<Context, 'permissions'>,
  operation: Operation,
  lowered: Record<keyof Lowering[Operation] & string, boolean>,
): void {
  const rights: Record<string, string> = lowering[operation]
  const fields = Object.entries<boolean>(lowered).flatMap(([pointer, isLowered]) => {
    const right = rights[pointer] ?? ''
    return isLowered && !permissions.has(right)
      ? [{ pointer, detail: `lowers a protection: that needs the permission ${right}` }]
      : []
  })
  const [first] = fields
  if (first !== undefined)
    throw new DomainError('permission_missing', { detail: `${first.pointer} ${first.detail}.`, fields })
}
