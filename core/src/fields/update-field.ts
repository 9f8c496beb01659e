import { requireToLower } from '../access/require-to-lower.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { requireLine } from '../contacts/require-line.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { withholdUnmasked } from '../idempotency/withhold-answers.ts'
import { transaction } from '../transaction.ts'
import { checkedChoices } from './choices.ts'
import { findPurpose } from './find-purpose.ts'
import { getField } from './read-fields.ts'
import { requireExplicitConsent } from './special-category.ts'

interface FieldPatch {
  label?: string
  choices?: string[]
  specialCategory?: boolean
  purpose?: string | null
}

/** Merges a patch (RFC 7396) into a field. `expectedVersion`: 412 unless the field still has it. */
export async function updateField(
  context: Context,
  id: string,
  patch: FieldPatch,
  expectedVersion: number | undefined,
) {
  return transaction(context, async (tx) => {
    // what is checked together is what is there when it is written
    await tx.db.$queryRaw`
      select from field where account_id = ${tx.accountId}::uuid and id = ${id}::uuid for no key update`
    const before = await getField(tx, id)
    const purpose = patch.purpose === undefined ? before.purpose : await findPurpose(tx, patch.purpose)
    const specialCategory = patch.specialCategory ?? before.specialCategory
    requireToLower(tx, 'fields.update', {
      '/specialCategory': before.specialCategory && !specialCategory,
      '/purpose': before.specialCategory && (purpose?.id ?? null) !== (before.purpose?.id ?? null),
    })
    requireExplicitConsent({ specialCategory, purpose })
    const { count } = await tx.db.field.updateMany({
      where: { ...tx.scope, id, version: expectedVersion },
      data: {
        label: patch.label === undefined ? undefined : requireLine('/label', patch.label, 100),
        choices: patch.choices === undefined ? undefined : checkedChoices(before.type, patch.choices),
        specialCategory,
        purposeId: purpose?.id ?? null,
        version: { increment: 1 },
        updatedAt: tx.clock.now(),
      },
    })
    if (count === 0) throw new DomainError('precondition_failed')
    if (specialCategory && !before.specialCategory) await withholdUnmasked(tx)
    await recordAudit(tx, { target: { type: 'field', id }, changed: Object.keys(patch) })
    return getField(tx, id)
  })
}
