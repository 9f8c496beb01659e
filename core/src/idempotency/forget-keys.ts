import type { Platform } from '../context.ts'
import { keptMs } from './request-key.ts'

/** Deletes kept answers after their 24 hours, in all accounts. */
export async function forgetKeys({ db, clock }: Platform): Promise<number> {
  const { count } = await db.idempotencyKey.deleteMany({
    where: { createdAt: { lte: new Date(clock.now().getTime() - keptMs) } },
  })
  return count
}
