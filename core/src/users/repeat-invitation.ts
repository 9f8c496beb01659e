import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { requestUserMail } from '../user-mails/request-user-mail.ts'
import { countInvitation } from './invite-user.ts'
import { getUser } from './read-users.ts'
import { lockUsers, requireNotAbove } from './rights.ts'

/** Sends an invitation again, with a new link; the earlier one goes on working until it expires. */
export async function repeatInvitation(context: Context, id: string) {
  return transaction(context, async (tx) => {
    const manager = await lockUsers(tx)
    const user = await getUser(tx, id)
    requireNotAbove(manager, user)
    if (user.status !== 'invited')
      throw new DomainError('conflict', { detail: `The user is ${user.status}: nothing is left to accept.` })
    await countInvitation(tx)
    await requestUserMail(tx, 'users.invite', id)
    await recordAudit(tx, { target: { type: 'user', id } })
    return user
  })
}
