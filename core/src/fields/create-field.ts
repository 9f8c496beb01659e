import { recordAudit } from '../audit/record-audit.ts'
import { requireLine } from '../contacts/require-line.ts'
import type { Context } from '../context.ts'
import type { Field } from '../database.ts'
import { DomainError, invalid, uniqueViolation } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { checkedChoices } from './choices.ts'
import { findPurpose } from './find-purpose.ts'
import { withPurpose } from './read-fields.ts'
import { requireExplicitConsent } from './special-category.ts'

interface NewField {
  key: string
  label: string
  type: Field['type']
  choices?: string[]
  specialCategory?: boolean
  purpose?: string | null
}

/** Declares a field. */
export async function createField(context: Context, input: NewField) {
  const { key, type, specialCategory = false } = input
  // what every JavaScript object answers to would be mistaken for a value
  if (key in {}) throw invalid('/key', 'must not be the name of a built-in property')
  const label = requireLine('/label', input.label, 100)
  const choices = checkedChoices(type, input.choices ?? [])
  try {
    return await transaction(context, async (tx) => {
      const purpose = await findPurpose(tx, input.purpose ?? null)
      requireExplicitConsent({ specialCategory, purpose })
      const now = tx.clock.now()
      const field = await tx.db.field.create({
        data: {
          ...tx.scope,
          id: tx.newId(),
          key,
          label,
          type,
          choices,
          specialCategory,
          purposeId: purpose?.id ?? null,
          createdAt: now,
          updatedAt: now,
        },
        include: withPurpose,
      })
      await recordAudit(tx, { target: { type: 'field', id: field.id } })
      return field
    })
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error
    throw new DomainError('conflict', { fields: [{ pointer: '/key', detail: 'is that of another field' }] })
  }
}
