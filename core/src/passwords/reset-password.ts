import { forgiveStrangers } from '../access/login-attempt.ts'
import { loginLookup, proveLogin } from '../access/login-lookup.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import type { UserToken } from '../tracking/token.ts'
import { transaction } from '../transaction.ts'
import { requestUserMail } from '../user-mails/request-user-mail.ts'
import { spendLink } from '../users/end-links.ts'
import { endSessions } from '../users/end-sessions.ts'
import { endUnprovenAccess } from '../users/end-unproven-access.ts'
import { lockAccount } from '../users/lock-account.ts'
import { requireLink } from '../users/read-link.ts'
import { settleOwnerEmail } from '../verification/settle-steps.ts'
import { preparePassword } from './prepare-password.ts'

/**
 * Sets another password, for who holds the link that was mailed; a second factor is asked for at the next login as always. All
 * sessions end, and a mail tells. Where it is the first proof of the address, so does all other access to the account
 * (`endUnprovenAccess`). Returns the password if it was generated.
 *
 * @throws DomainError `link_ended` when it was used, has expired, or its user may not log in any more
 */
export async function resetPassword(
  context: Context,
  token: UserToken,
  chosen: string | undefined,
): Promise<string | undefined> {
  const { user, account } = await requireLink(context, token, 'passwordReset')
  const { hash, generated } = await preparePassword(chosen, [account, user])
  const { id } = user
  await transaction(context, async (tx) => {
    await lockAccount(tx)
    const opened = await requireLink(tx, token, 'passwordReset')
    await spendLink(tx, opened)
    const now = tx.clock.now()
    const { count } = await tx.db.user.updateMany({
      where: { ...tx.scope, id, status: 'active' },
      data: { passwordHash: hash, version: { increment: 1 }, updatedAt: now },
    })
    if (count === 0) throw new DomainError('link_ended')
    // the link has come through the mailbox
    if (!(await proveLogin(tx, user))) throw new DomainError('link_ended')
    await tx.db.user.updateMany({
      where: { ...tx.scope, id, emailVerifiedAt: null },
      data: { emailVerifiedAt: now },
    })
    const inPerson: Context = { ...tx, actor: { type: 'user', id } }
    if (opened.user.emailVerifiedAt === null) await endUnprovenAccess(inPerson, opened.user)
    await settleOwnerEmail(inPerson)
    await endSessions(tx, id)
    await forgiveStrangers(tx, loginLookup(tx.keys, user.email))
    await requestUserMail(tx, 'users.passwordChanged', id)
    await recordAudit(inPerson, { target: { type: 'user', id }, changed: ['password'] })
  })
  return generated
}
