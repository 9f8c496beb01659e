import { requireUser } from '../access/require-user.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { seedUse, stepOf } from './codes.ts'
import { replaceRecoveryCodes } from './recovery-codes.ts'

/** A first code shows that the app has the seed: from now on the user logs in with codes. Answers the recovery codes, once. */
export async function confirmTotp(context: Context, { code }: { code: string }): Promise<string[]> {
  const userId = requireUser(context)
  return transaction(context, async (tx) => {
    const totp = await tx.db.totp.findUnique({ where: { accountId_userId: { ...tx.scope, userId } } })
    if (totp === null) throw new DomainError('not_found')
    const now = tx.clock.now()
    const step = stepOf(tx.keys.open(totp.seed, seedUse(tx, userId)), code.replace(/\s/g, ''), now)
    if (totp.confirmedAt === null && step === null) throw invalid('/code', 'is not a code that is good now')
    const { count } = await tx.db.totp.updateMany({
      where: { ...tx.scope, userId, confirmedAt: null, seed: totp.seed },
      // this code has been used
      data: { confirmedAt: now, lastStep: step },
    })
    if (count === 0) throw new DomainError('totp_enabled')
    const codes = await replaceRecoveryCodes(tx, userId)
    await recordAudit(tx, { target: { type: 'user', id: userId }, changed: ['totp', 'recoveryCodes'] })
    return codes
  })
}
