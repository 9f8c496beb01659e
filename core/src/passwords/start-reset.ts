import { recordAudit } from '../audit/record-audit.ts'
import { inAccount, type Platform } from '../context.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { transaction } from '../transaction.ts'
import { requestUserMail } from '../user-mails/request-user-mail.ts'
import { openReset } from './sealed-reset.ts'

/** Sends the link to choose another password, if there is an active user at the address. One mail at a time waits for a user. */
export async function startReset(platform: Platform, sealed: string): Promise<void> {
  const { lookup, unproven, ...request } = openReset(platform.keys, sealed)
  const loginAt = (place: string) =>
    platform.db.credentialIndex.findUnique({
      where: { lookup: new Uint8Array(Buffer.from(place, 'hex')), kind: 'login' },
    })
  const proven = await loginAt(lookup)
  const found = proven ?? (await loginAt(unproven))
  if (found === null) return
  const { accountId, subjectId: id } = found
  // anybody can have asked
  const context = inAccount({ ...platform, ...request }, accountId, { type: 'system', id: null })
  await transaction(context, async (tx) => {
    const user = await tx.db.user.findUnique({
      where: { accountId_id: { ...tx.scope, id }, status: 'active' },
    })
    if (user === null) return
    const waiting = await tx.db.userMail.count({
      where: { ...tx.scope, userId: id, kind: 'users.resetPassword', state: { in: ['queued', 'deferred'] } },
    })
    if (waiting === 0) await requestUserMail(tx, 'users.resetPassword', id)
    // an account that anybody can have opened with the address is not told that nobody else has it (decision 32)
    if (proven === null) await recordAudit(inAccount(tx, platformAccount, tx.actor))
    else await recordAudit(tx, { target: { type: 'user', id } })
  })
}
