import type { Platform } from '../context.ts'
import { forgetActs } from '../limited-acts/forget-acts.ts'

/** Longer than any failure takes to be forgiven. */
const keptMs = 24 * 3_600_000

/**
 * Deletes what was counted to slow guessing down, a day after the last attempt, counts whose window has ended, challenges that nobody has
 * answered, and what is left of OAuth tokens and values of keys that have ended. And acts that count for no limit any more.
 */
export async function forgetAttempts(platform: Platform): Promise<number> {
  const { db, clock } = platform
  const before = new Date(clock.now().getTime() - keptMs)
  const { count } = await db.loginThrottle.deleteMany({ where: { levelAt: { lt: before } } })
  await db.requestCount.deleteMany({ where: { endsAt: { lt: clock.now() } } })
  await db.passkeyChallenge.deleteMany({ where: { createdAt: { lt: before } } })
  // as good as over by themselves
  await db.revokedToken.deleteMany({ where: { expiresAt: { lt: before } } })
  await db.credentialIndex.deleteMany({ where: { endsAt: { lt: before } } })
  await forgetActs(platform)
  return count
}
