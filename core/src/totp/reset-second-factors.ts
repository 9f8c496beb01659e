import { endSecondFactors } from '../access/end-second-factors.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { endSessions } from '../users/end-sessions.ts'
import { getUser } from '../users/read-users.ts'
import { requireNotByOwnKey } from '../users/require-not-own.ts'
import { lockUsers, requireNotAbove } from '../users/rights.ts'

/**
 * Takes away all second factors of a user who has lost them, and ends their sessions. Nobody does that to somebody who may do more
 * than they may (to an owner, only another owner does), nor to themselves, in person or by a key of theirs: a stolen session would be enough.
 */
export async function resetSecondFactors(context: Context, userId: string): Promise<void> {
  await transaction(context, async (tx) => {
    const manager = await lockUsers(tx)
    const user = await getUser(tx, userId)
    if (tx.actor.id === userId)
      throw new DomainError('permission_missing', { detail: 'Your own are ended with a code of yours.' })
    requireNotByOwnKey(tx, userId)
    requireNotAbove(manager, user)
    await endSecondFactors(tx, userId)
    await endSessions(tx, userId)
    await recordAudit(tx, {
      target: { type: 'user', id: userId },
      changed: ['totp', 'passkeys', 'recoveryCodes'],
    })
  })
}
