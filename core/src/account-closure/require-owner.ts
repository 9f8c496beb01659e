import { requireUser } from '../access/require-user.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { managerOf } from '../users/rights.ts'

/** The owner behind the request: neither a key nor an admin closes an account, or calls its closing back. */
export async function requireOwner(context: Context): Promise<string> {
  const userId = requireUser(context)
  const { isOwner } = await managerOf(context)
  if (!isOwner)
    throw new DomainError('permission_missing', { detail: 'It takes an owner of the account, logged in.' })
  return userId
}
