import type { RequestContext } from '../context.ts'
import { invalid } from '../errors.ts'
import type { WaivableKind } from '../verification/waive-steps.ts'
import { reviewAccount } from './review-account.ts'

interface Approval {
  waive?: WaivableKind[]
  reason?: string
}

/**
 * The operator's review ends with a yes.
 *
 * @throws DomainError `verification_incomplete` while a step is open that is not waived; as `reviewAccount`
 */
export async function approveAccount(
  context: RequestContext,
  accountId: string,
  { waive = [], reason }: Approval = {},
) {
  if (waive.length > 0 && (reason === undefined || reason.trim() === ''))
    throw invalid('/reason', 'must say why a step is waived')
  return reviewAccount(context, accountId, 'approve', reason ?? null, waive)
}
