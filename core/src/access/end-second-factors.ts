import type { Context } from '../context.ts'

/** Takes away all that a user logs in with besides the password; answers how many apps and passkeys those were. */
export async function endSecondFactors({ db, scope }: Context, userId: string): Promise<number> {
  const where = { ...scope, userId }
  const totp = await db.totp.deleteMany({ where })
  const passkeys = await db.passkey.deleteMany({ where })
  await db.passkeyChallenge.deleteMany({ where })
  await db.recoveryCode.deleteMany({ where })
  return totp.count + passkeys.count
}
