import { proveSecondFactor } from '../access/prove-again.ts'
import { requireUser } from '../access/require-user.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { hasSecondFactor } from './has-second-factor.ts'
import { requireTotp } from './read-totp.ts'

/** Ends the second factor by codes, for who can still show one; with the last second factor go the recovery codes. */
export async function disableTotp(context: Context, { totp }: { totp: string }): Promise<void> {
  const userId = requireUser(context)
  await requireTotp(context, userId)
  await proveSecondFactor(context, totp)
  await transaction(context, async (tx) => {
    await tx.db.totp.deleteMany({ where: { ...tx.scope, userId } })
    if (!(await hasSecondFactor(tx, userId)))
      await tx.db.recoveryCode.deleteMany({ where: { ...tx.scope, userId } })
    await recordAudit(tx, { target: { type: 'user', id: userId }, changed: ['totp'] })
  })
}
