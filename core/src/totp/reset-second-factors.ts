import { permissionsOf } from '@envoi/openapi'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'

/**
 * Takes away all second factors of a user who has lost them, and ends their sessions. Nobody does that to somebody who may do more
 * than they may, nor to themselves: a stolen session would be enough.
 */
export async function resetSecondFactors(context: Context, userId: string): Promise<void> {
  const user = await context.db.user.findUnique({ where: { accountId_id: { ...context.scope, id: userId } } })
  if (user === null) throw new DomainError('not_found')
  if (context.actor.id === userId)
    throw new DomainError('permission_missing', { detail: 'Your own are ended with a code of yours.' })
  const beyond = [...permissionsOf(user.role, user.permissions)].find(
    (name) => !context.permissions.has(name),
  )
  if (beyond !== undefined)
    throw new DomainError('permission_missing', { detail: `The user may do what you may not: ${beyond}.` })
  await transaction(context, async (tx) => {
    const where = { ...tx.scope, userId }
    await tx.db.totp.deleteMany({ where })
    await tx.db.passkey.deleteMany({ where })
    await tx.db.recoveryCode.deleteMany({ where })
    await tx.db.session.updateMany({
      where: { ...where, revokedAt: null },
      data: { revokedAt: tx.clock.now() },
    })
    await recordAudit(tx, {
      target: { type: 'user', id: userId },
      changed: ['totp', 'passkeys', 'recoveryCodes'],
    })
  })
}
