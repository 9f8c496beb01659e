/**
 * Who may change whom. Nobody gives what they do not have, nor touches who has more than they have; and an owner is more than
 * the permissions of one: only an owner makes, changes or removes owners, and an API key is never one.
 */
import { type Permission, permissionsOf } from '@envoi/openapi'
import { requireStanding } from '../access/require-standing.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { lockAccount } from './lock-account.ts'
import { getUser } from './read-users.ts'

/** What a user may do: a role, or an exact set. */
export interface Rights {
  role: string | null
  permissions: string[]
}

export interface Manager {
  permissions: ReadonlySet<string>
  isOwner: boolean
}

/**
 * Who acts, as of now and until the end of the transaction.
 *
 * @throws DomainError `permission_missing` when the actor has lost the right meanwhile; `unauthenticated` when their access has ended
 */
export async function lockUsers(tx: Context): Promise<Manager> {
  await lockAccount(tx)
  const manager = await managerOf(tx)
  requirePermissions(manager, ['users:manage'], (missing) => `The permission ${missing} is missing.`)
  return manager
}

/** What the actor may do now: a request may have waited since it was let in. The caller holds the lock of the account. */
export async function managerOf(tx: Context): Promise<Manager> {
  await requireStanding(tx)
  const { type, id } = tx.actor
  if (type !== 'user' || id === null) return { permissions: tx.permissions, isOwner: false }
  const { status, role, permissions } = await getUser(tx, id)
  if (status !== 'active') return { permissions: new Set(), isOwner: false }
  return { permissions: permissionsOf(role, permissions), isOwner: role === 'owner' }
}

/** Refuses to give these rights. */
export function requireGrantable(manager: Manager, rights: Rights): void {
  requireOwner(manager, rights, 'Only an owner can make somebody an owner.')
  requirePermissions(
    manager,
    permissionsOf(rights.role, rights.permissions),
    (missing) => `You cannot grant what you do not have: ${missing}.`,
  )
}

/** Refuses to touch a user who has these rights. */
export function requireNotAbove(manager: Manager, rights: Rights): void {
  requireOwner(manager, rights, 'Only an owner can change or remove an owner.')
  requirePermissions(
    manager,
    permissionsOf(rights.role, rights.permissions),
    (missing) => `You cannot change who may do more than you: ${missing}.`,
  )
}

function requireOwner(manager: Manager, { role }: Rights, detail: string): void {
  if (role === 'owner' && !manager.isOwner) throw new DomainError('permission_missing', { detail })
}

function requirePermissions(
  manager: Manager,
  needed: Iterable<string>,
  detail: (missing: string) => string,
): void {
  const beyond = [...needed].filter((permission) => !manager.permissions.has(permission as Permission))
  if (beyond.length > 0) throw new DomainError('permission_missing', { detail: detail(beyond.join(', ')) })
}

/** Refuses to let the last active owner go: nobody could make another. */
export async function requireAnotherOwner(tx: Context, leaving: { id: string } & Rights): Promise<void> {
  if (leaving.role !== 'owner') return
  const others = await tx.db.user.count({
    where: { ...tx.scope, role: 'owner', status: 'active', id: { not: leaving.id } },
  })
  if (others === 0) throw new DomainError('last_owner')
}
