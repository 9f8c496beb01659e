import { provePassword } from '../access/prove-again.ts'
import { getAccount } from '../accounts/read-accounts.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { requestUserMail } from '../user-mails/request-user-mail.ts'
import { endLinks } from '../users/end-links.ts'
import { endSessions } from '../users/end-sessions.ts'
import { lockAccount } from '../users/lock-account.ts'
import { getMe } from '../users/read-users.ts'
import { preparePassword } from './prepare-password.ts'

/**
 * Changes one's own password: who has only found an open session does not know the one in use, and guesses no faster than at
 * the login. All other sessions end, and a
 * mail tells. Returns the password if it was generated.
 */
export async function changePassword(
  context: Context,
  input: { currentPassword: string; newPassword?: string },
): Promise<string | undefined> {
  const me = await getMe(context)
  const target = { type: 'user', id: me.id }
  await provePassword(context, input.currentPassword, '/currentPassword')
  const about = [await getAccount(context), me]
  const { hash, generated } = await preparePassword(input.newPassword, about, '/newPassword')
  await transaction(context, async (tx) => {
    await lockAccount(tx)
    // the hash in the condition: of two changes at once, the second does not know the password any more
    const { count } = await tx.db.user.updateMany({
      where: { ...tx.scope, id: me.id, passwordHash: me.passwordHash },
      data: { passwordHash: hash, version: { increment: 1 }, updatedAt: tx.clock.now() },
    })
    if (count === 0) throw invalid('/currentPassword', 'is not your password')
    await endSessions(tx, me.id, tx.actor.sessionId)
    await endLinks(tx, me.id, 'passwordReset')
    await requestUserMail(tx, 'users.passwordChanged', me.id)
    await recordAudit(tx, { target, changed: ['password'] })
  })
  return generated
}
