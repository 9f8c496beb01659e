import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { sessionsWithin } from './read-sessions.ts'

export async function endSession(context: Context, sessionId: string): Promise<void> {
  await transaction(context, async (tx) => {
    const { count } = await tx.db.session.updateMany({
      where: { ...sessionsWithin(tx), id: sessionId, revokedAt: null },
      data: { revokedAt: tx.clock.now() },
    })
    if (count === 0) throw new DomainError('not_found')
    await recordAudit(tx, { target: { type: 'session', id: sessionId } })
  })
}
