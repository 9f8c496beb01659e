import { recordAudit } from '../audit/record-audit.ts'
import { inAccount, type RequestContext } from '../context.ts'
import { platformAccount } from '../jobs/schedules.ts'

/**
 * Audits a login that was refused. One of nobody's is recorded with the platform's own account, without anything that leads to a
 * person; that also makes it cost what the refusal of somebody costs.
 */
export async function recordRefusal(
  context: RequestContext,
  user: { accountId: string; userId: string } | undefined,
  outcome = 'failure',
): Promise<void> {
  if (user === undefined) {
    const nobody = inAccount({ ...context, address: null }, platformAccount, { type: 'system', id: null })
    return recordAudit(nobody, { outcome })
  }
  const { accountId, userId } = user
  const refused = inAccount(context, accountId, { type: 'user', id: userId })
  await recordAudit(refused, { target: { type: 'user', id: userId }, outcome })
}
