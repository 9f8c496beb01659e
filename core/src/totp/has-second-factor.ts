import type { Context } from '../context.ts'

/** Whether a user has anything to log in with besides the password. */
export async function hasSecondFactor({ db, scope }: Context, userId: string): Promise<boolean> {
  const totp = await db.totp.count({ where: { ...scope, userId, confirmedAt: { not: null } } })
  return totp > 0 || (await db.passkey.count({ where: { ...scope, userId } })) > 0
}
