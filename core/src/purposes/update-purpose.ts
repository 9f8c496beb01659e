import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { requirePlainName } from '../plain-name.ts'
import { transaction } from '../transaction.ts'
import { checkGrounds, checkGroundsKept } from './check-grounds.ts'
import type { NewPurpose } from './create-purpose.ts'
import { isEmptyDuration } from './duration.ts'
import { getPurpose, lockPurpose } from './read-purposes.ts'

type PurposePatch = Partial<Omit<NewPurpose, 'key'>>

/** Merges a patch (RFC 7396) into a purpose. `expectedVersion`: 412 unless it still has it. */
export async function updatePurpose(
  context: Context,
  key: string,
  patch: PurposePatch,
  expectedVersion: number | undefined,
) {
  if (patch.name !== undefined) requirePlainName('/name', patch.name)
  if (patch.retention !== undefined && isEmptyDuration(patch.retention))
    throw invalid('/retention', 'must be longer than nothing')
  return transaction(context, async (tx) => {
    const before = await lockPurpose(tx, key)
    const after = { ...before, ...patch }
    checkGrounds(after)
    if (after.policyText !== before.policyText && after.policyVersion === before.policyVersion)
      throw invalid(
        '/policyVersion',
        'must change with `policyText`: a proof names the wording by its version',
      )
    const asked = await tx.db.consent.findFirst({
      where: { ...tx.scope, purposeId: before.id },
      select: { state: true },
    })
    if (asked !== null) checkGroundsKept(before, after)
    const { count } = await tx.db.purpose.updateMany({
      where: { ...tx.scope, id: before.id, version: expectedVersion },
      data: { ...patch, version: { increment: 1 }, updatedAt: tx.clock.now() },
    })
    if (count === 0) throw new DomainError('precondition_failed')
    await recordAudit(tx, { target: { type: 'purpose', id: before.id }, changed: Object.keys(patch) })
    return getPurpose(tx, key)
  })
}
