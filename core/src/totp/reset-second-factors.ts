import type { User } from '@envoi/prisma'
import { endSecondFactors } from '../access/end-second-factors.ts'
import { personBehind } from '../access/person-behind.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { type Context, isTestMode } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { requestAdminMails, requestUserMail } from '../user-mails/request-user-mail.ts'
import { endSessions } from '../users/end-sessions.ts'
import { getUser } from '../users/read-users.ts'
import { requireNotByOwnKey } from '../users/require-not-own.ts'
import { lockUsers, requireNotAbove } from '../users/rights.ts'

/**
 * Takes away all second factors of a user who has lost them. Nobody does that to somebody who may do more than they may (to an owner, only
 * another owner does), nor to themselves, in person or by a key of theirs: a stolen session would be enough.
 *
 * What is left of the user is their mailbox. Sessions end and the password is void: a link mailed to them gives another, and a new second
 * factor comes before anything else. So two who take away each other's have gained nothing, and neither has whoever knows a
 * colleague's password. The user and all who answer for the account are told.
 */
export async function resetSecondFactors(context: Context, userId: string): Promise<void> {
  await transaction(context, async (tx) => {
    const manager = await lockUsers(tx)
    const user = await getUser(tx, userId)
    if (tx.actor.id === userId)
      throw new DomainError('permission_missing', { detail: 'Your own are ended with a code of yours.' })
    if (isTestMode(tx))
      throw new DomainError('permission_missing', { detail: 'A test key cannot: its mails reach nobody.' })
    requireNotByOwnKey(tx, userId)
    requireNotAbove(manager, user)
    await endSecondFactors(tx, userId)
    await tx.db.user.update({
      where: { accountId_id: { ...tx.scope, id: userId } },
      data: {
        passwordHash: null,
        secondFactorDue: true,
        version: { increment: 1 },
        updatedAt: tx.clock.now(),
      },
    })
    await endSessions(tx, userId)
    if (user.status === 'active') await requestUserMail(tx, 'users.resetPassword', userId)
    await tellOfReset(tx, user)
    await recordAudit(tx, {
      target: { type: 'user', id: userId },
      changed: ['totp', 'passkeys', 'recoveryCodes', 'password'],
    })
  })
}

async function tellOfReset(tx: Context, { id, status, role }: User): Promise<void> {
  const facts = { user: id, by: personBehind(tx) ?? '' }
  await requestAdminMails(tx, 'users.secondFactorsReset', facts)
  const isTold = role === 'owner' || role === 'admin'
  if (status === 'active' && !isTold) await requestUserMail(tx, 'users.secondFactorsReset', id, facts)
}
