import { requireToLower } from '../access/require-to-lower.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { requirePlainName } from '../plain-name.ts'
import { transaction } from '../transaction.ts'
import { checkGrounds, checkGroundsKept, type Grounds } from './check-grounds.ts'
import type { NewPurpose } from './create-purpose.ts'
import { isEmptyDuration, months } from './duration.ts'
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
    requireToLower(tx, 'purposes.update', loweredBy(before, after))
    checkGrounds(after)
    if (after.policyText !== before.policyText && after.policyVersion === before.policyVersion)
      throw invalid(
        '/policyVersion',
        'must change with `policyText`: a proof names the wording by its version',
      )
    const known = await tx.db.consent.findFirst({
      where: { ...tx.scope, purposeId: before.id },
      select: { state: true },
    })
    if (known !== null) checkGroundsKept(before, after)
    const { count } = await tx.db.purpose.updateMany({
      where: { ...tx.scope, id: before.id, version: expectedVersion },
      data: { ...patch, version: { increment: 1 }, updatedAt: tx.clock.now() },
    })
    if (count === 0) throw new DomainError('precondition_failed')
    await recordAudit(tx, { target: { type: 'purpose', id: before.id }, changed: Object.keys(patch) })
    return getPurpose(tx, key)
  })
}

/** What people may say to what is done on a basis: they agree to it, object to it (GDPR art. 21(1)), or neither. */
const say = {
  consent: 2,
  legitimate_interests: 1,
  public_task: 1,
  contract: 0,
  legal_obligation: 0,
  vital_interests: 0,
} as const
/** How much is asked before something is sent (directive 2002/58/EC art. 13). */
const asked = { opt_in: 3, soft_opt_in: 2, b2b_professional: 1, non_marketing: 0 } as const

/** Which protections of people a change lowers: what they must have agreed to and how, by which media, how long their data is kept. */
function loweredBy(before: Grounds & { retention: string }, after: Grounds & { retention: string }) {
  return {
    '/legalBasis': say[after.legalBasis] < say[before.legalBasis],
    '/eprivacyGround': asked[after.eprivacyGround] < asked[before.eprivacyGround],
    '/channels': after.channels.some((channel) => !before.channels.includes(channel)),
    '/doubleOptIn': before.doubleOptIn && !after.doubleOptIn,
    '/retention': months(after.retention) > months(before.retention),
  }
}
