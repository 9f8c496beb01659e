import { permissionsOf } from '@envoi/openapi'
import { endKeysOf } from '../access/end-keys-of.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { settleOwnerEmail } from '../verification/settle-steps.ts'
import { givenRights } from './given-rights.ts'
import { requirePersonName } from './person-name.ts'
import { getMe, getUser } from './read-users.ts'
import { requireNotByOwnKey } from './require-not-own.ts'
import { lockUsers, requireAnotherOwner, requireGrantable, requireNotAbove } from './rights.ts'

interface Names {
  firstName?: string
  lastName?: string
}

export interface UserPatch extends Names {
  role?: string
  permissions?: string[]
}

/**
 * Merges a patch (RFC 7396) into a user. `expectedVersion`: 412 unless the user still has it. Rights change at once, in open
 * sessions too. Keys that only the user knows end if they may do more than the user may from now on, unless they are to stay:
 * they are returned with the user.
 */
export async function updateUser(
  context: Context,
  id: string,
  patch: UserPatch,
  expectedVersion: number | undefined,
  { keepApiKeys = false }: { keepApiKeys?: boolean } = {},
) {
  const rights = givenRights(patch)
  const names = requireNames(patch)
  return transaction(context, async (tx) => {
    const manager = await lockUsers(tx)
    const before = await getUser(tx, id)
    requireNotAbove(manager, before)
    if (rights !== undefined) {
      requireNotByOwnKey(tx, id)
      requireGrantable(manager, rights)
      if (rights.role !== 'owner' && before.status === 'active') await requireAnotherOwner(tx, before)
    }
    const user = await write(tx, id, { ...names, ...rights }, expectedVersion, patch)
    if (rights !== undefined) await settleOwnerEmail(tx)
    const endedKeys =
      rights === undefined || keepApiKeys
        ? []
        : await endKeysOf(tx, id, permissionsOf(rights.role, rights.permissions))
    return { user, endedKeys }
  })
}

/** One's own names. */
export async function updateMe(context: Context, patch: Names, expectedVersion: number | undefined) {
  const names = requireNames(patch)
  return transaction(context, async (tx) => {
    const me = await getMe(tx)
    return write(tx, me.id, names, expectedVersion, patch)
  })
}

function requireNames({ firstName, lastName }: Names): Names {
  return {
    firstName: firstName === undefined ? undefined : requirePersonName('/firstName', firstName),
    lastName: lastName === undefined ? undefined : requirePersonName('/lastName', lastName),
  }
}

async function write(
  tx: Context,
  id: string,
  data: Names & { role?: string | null; permissions?: string[] },
  version: number | undefined,
  patch: object,
) {
  const { count } = await tx.db.user.updateMany({
    where: { ...tx.scope, id, version },
    data: { ...data, version: { increment: 1 }, updatedAt: tx.clock.now() },
  })
  if (count === 0) throw new DomainError('precondition_failed')
  await recordAudit(tx, { target: { type: 'user', id }, changed: Object.keys(patch) })
  return getUser(tx, id)
}
