import { withoutApproval } from '../campaigns/take-snapshot.ts'
import type { Context } from '../context.ts'

/**
 * What is being sent stops, and what is planned is a draft again: should the closing be cancelled, somebody decides whether it is still
 * worth sending. Nothing more is handed over from the moment that the account's status is committed; this is what remains to be seen
 * of it. Answers how many campaigns.
 */
export async function stopCampaigns(tx: Context): Promise<number> {
  const stopped = { statusReason: 'account_closing', version: { increment: 1 }, updatedAt: tx.clock.now() }
  const running = await tx.db.campaign.updateMany({
    where: { ...tx.scope, status: 'sending' },
    data: { ...stopped, status: 'paused' },
  })
  const planned = await tx.db.campaign.updateMany({
    where: { ...tx.scope, status: 'scheduled' },
    data: { ...stopped, ...withoutApproval, status: 'draft', scheduledAt: null },
  })
  return running.count + planned.count
}
