import type { Platform } from '../context.ts'

/** Longer than any failure takes to be forgiven. */
const keptMs = 24 * 3_600_000

/** Deletes what was counted to slow guessing down, a day after the last attempt, and challenges that nobody has answered. */
export async function forgetAttempts({ db, clock }: Platform): Promise<number> {
  const before = new Date(clock.now().getTime() - keptMs)
  const { count } = await db.loginThrottle.deleteMany({ where: { levelAt: { lt: before } } })
  await db.passkeyChallenge.deleteMany({ where: { createdAt: { lt: before } } })
  return count
}
