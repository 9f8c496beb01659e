import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { requestUserMail } from '../user-mails/request-user-mail.ts'
import { getMe } from './read-users.ts'

/** Asks for the mail again that confirms one's address. Nothing is sent to who has confirmed it. Earlier links go on working. */
export async function requestEmailConfirmation(context: Context): Promise<void> {
  await transaction(context, async (tx) => {
    const { id, emailVerifiedAt } = await getMe(tx)
    if (emailVerifiedAt === null) await requestUserMail(tx, 'users.confirmEmail', id)
    await recordAudit(tx, { target: { type: 'user', id } })
  })
}
