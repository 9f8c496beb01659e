import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import type { Replay } from './request-key.ts'

/** Puts on record that an answer was given again, and whom it showed: before it is given. */
export async function recordReplay(context: Context, { shown }: Replay): Promise<void> {
  await recordAudit(context, { kind: 'read', outcome: 'replayed', shown })
}
