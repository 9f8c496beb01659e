import { type Permission, permissionsOf } from '@envoi/openapi'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'

/** An API key that ended with its user. */
export interface EndedKey {
  id: string
  name: string
}

/**
 * Ends what somebody knows of the keys of the account: values that were shown to them, and with them access tokens that were made from
 * these. A key ends with its newest value. One that somebody else has rotated since goes on, with the value that they were given.
 *
 * `within`: keys that may do no more than this stay. Returns the keys that have ended, oldest first.
 */
export async function endKeysOf(
  tx: Context,
  userId: string,
  within?: ReadonlySet<string>,
): Promise<EndedKey[]> {
  const shown = { ...tx.scope, kind: 'api_key' as const, shownTo: userId }
  const values = await tx.db.credentialIndex.findMany({
    where: shown,
    select: { subjectId: true, endsAt: true },
  })
  const keys = await tx.db.apiKey.findMany({
    where: { ...tx.scope, revokedAt: null, id: { in: values.map(({ subjectId }) => subjectId) } },
    select: { id: true, name: true, role: true, permissions: true },
    orderBy: { id: 'asc' },
  })
  const endedKeys: EndedKey[] = []
  for (const { id, name, role, permissions } of keys) {
    const may = permissionsOf(role, permissions) as ReadonlySet<Permission>
    if (within !== undefined && [...may].every((permission) => within.has(permission))) continue
    const isNewest = values.some(({ subjectId, endsAt }) => subjectId === id && endsAt === null)
    const ended = { ...tx.scope, kind: 'api_key' as const, subjectId: id }
    await tx.db.credentialIndex.deleteMany({ where: isNewest ? ended : { ...ended, shownTo: userId } })
    if (isNewest) {
      await tx.db.apiKey.update({
        where: { accountId_id: { ...tx.scope, id } },
        data: { revokedAt: tx.clock.now() },
      })
      endedKeys.push({ id, name })
    }
    await recordAudit(tx, { target: { type: 'api_key', id }, changed: [isNewest ? 'revokedAt' : 'key'] })
  }
  return endedKeys
}
