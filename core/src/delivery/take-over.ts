import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { prepared } from '../prepared.ts'

/**
 * Settles what an earlier run of this lane has left behind when it was killed: a message whose hand-off had begun may have
 * left or not, so it is `unknown` and never sent again. (What was only claimed is simply claimed anew.) Answers how many.
 *
 * A message whose lane never comes back is settled by whichever lane finds its claim over.
 */
export async function settleAbandoned(context: Context, campaignId: string, jobId: string): Promise<number> {
  const { accountId } = context
  const now = context.clock.now()
  const { rowCount } = await context.pool.query(
    prepared(
      'settle-abandoned',
      Prisma.sql`
        update message
        set state = 'unknown', reason = 'worker_lost', state_at = ${now}::timestamptz, claimed_until = null
        where account_id = ${accountId}::uuid and campaign_id = ${campaignId}::uuid and state = 'sending'
          and (claimed_by = ${jobId}::uuid or claimed_until <= ${now}::timestamptz)`,
    ),
  )
  return rowCount ?? 0
}
