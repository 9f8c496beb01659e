import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'

/**
 * Pauses a campaign that cannot go on as it is; its owner reads why, puts it right and resumes it. `segment_invalid`: the
 * segment names what has been deleted; `sender_domain_unverified`: its mail would leave unsigned.
 */
export async function pauseByPlatform(
  context: Context,
  id: string,
  statusReason: 'segment_invalid' | 'sender_domain_unverified',
): Promise<void> {
  await transaction(context, async (tx) => {
    const { count } = await tx.db.campaign.updateMany({
      where: { ...tx.scope, id, status: { in: ['sending', 'paused'] } },
      data: { status: 'paused', statusReason, version: { increment: 1 }, updatedAt: tx.clock.now() },
    })
    if (count === 1)
      await recordAudit(tx, {
        target: { type: 'campaign', id },
        outcome: statusReason,
        changed: ['status'],
      })
  })
}
