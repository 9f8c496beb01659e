import type { Context } from '../context.ts'
import { seedUse, stepOf } from './codes.ts'
import { useRecoveryCode } from './recovery-codes.ts'

/** With what a user has proven to be who they are, besides the password. */
export type SecondFactor = 'totp' | 'recovery_code' | 'passkey'

/**
 * Takes a code of the user's app, or a recovery code; each is good once. The conditions are in the updates, so that of equal
 * requests at once one finds it unused. null for what is neither, or was used.
 */
export async function useSecondFactor(
  tx: Context,
  userId: string,
  given: string,
): Promise<SecondFactor | null> {
  const code = given.replace(/[\s-]/g, '')
  if (/^[0-9]{6}$/.test(code)) return (await useTotpCode(tx, userId, code)) ? 'totp' : null
  return (await useRecoveryCode(tx, userId, code)) ? 'recovery_code' : null
}

async function useTotpCode(tx: Context, userId: string, code: string): Promise<boolean> {
  const where = { ...tx.scope, userId, confirmedAt: { not: null } }
  const totp = await tx.db.totp.findFirst({ where })
  if (totp === null) return false
  const step = stepOf(tx.keys.open(totp.seed, seedUse(tx, userId)), code, tx.clock.now())
  if (step === null) return false
  const { count } = await tx.db.totp.updateMany({
    where: { ...where, OR: [{ lastStep: null }, { lastStep: { lt: step } }] },
    data: { lastStep: step },
  })
  return count === 1
}
