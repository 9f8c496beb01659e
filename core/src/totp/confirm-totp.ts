import { judge } from '../access/prove-again.ts'
import { requireUser } from '../access/require-user.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { seedUse, stepOf } from './codes.ts'
import { enrolled } from './enrolled.ts'
import { replaceRecoveryCodes } from './recovery-codes.ts'

/**
 * A first code shows that the app has the seed: from now on the user logs in with codes. Answers the recovery codes, once. Wrong
 * codes are slowed down as everywhere: whoever has found the session open, but not the seed, does not find a code by trying.
 */
export async function confirmTotp(context: Context, { code }: { code: string }): Promise<string[]> {
  const userId = requireUser(context)
  const begun = await context.db.totp.findUnique({
    where: { accountId_userId: { ...context.scope, userId } },
  })
  if (begun === null) throw new DomainError('not_found')
  if (begun.confirmedAt !== null) throw new DomainError('totp_enabled')
  const seed = context.keys.open(begun.seed, seedUse(context, userId))
  const step = await judge(context, 'enrolment', async () =>
    stepOf(seed, code.replace(/\s/g, ''), context.clock.now()),
  )
  if (step === null) throw invalid('/code', 'is not a code that is good now')
  return transaction(context, async (tx) => {
    const { count } = await tx.db.totp.updateMany({
      where: { ...tx.scope, userId, confirmedAt: null, seed: begun.seed },
      // this code has been used
      data: { confirmedAt: tx.clock.now(), lastStep: step },
    })
    if (count === 0) throw new DomainError('totp_enabled')
    await enrolled(tx, userId)
    const codes = await replaceRecoveryCodes(tx, userId)
    await recordAudit(tx, { target: { type: 'user', id: userId }, changed: ['totp', 'recoveryCodes'] })
    return codes
  })
}
