import type { Platform } from '../context.ts'
import { dayMs } from './count-act.ts'

/** Deletes acts that count for no limit any more, of all accounts. */
export async function forgetActs({ db, clock }: Platform): Promise<void> {
  await db.limitedAct.deleteMany({ where: { at: { lt: new Date(clock.now().getTime() - 2 * dayMs) } } })
}
