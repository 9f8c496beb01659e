import type { SegmentRule } from '@envoi/openapi'
import { maskedFields } from '../contacts/mask.ts'
import type { Context } from '../context.ts'
import { DomainError, type FieldProblem } from '../errors.ts'
import { conditionsOf } from './rule-conditions.ts'

/**
 * Refuses a rule that asks for what its author comes to see masked, or not at all: counts would spell it out letter by letter
 * (`startsWith` a, b, c…). Whether there is a value is shown, so `exists` may be asked. What others have saved may be referred
 * to: who is in a segment is no secret to those who read contacts.
 *
 * @throws DomainError `permission_missing` with a pointer to each condition
 */
export async function requireRevealed(context: Context, rule: SegmentRule): Promise<void> {
  const masked = await maskedFields(context)
  const fields: FieldProblem[] = []
  for (const { condition, pointer } of conditionsOf(rule)) {
    if ('field' in condition && condition.op !== 'exists' && masked.has(condition.field))
      fields.push({ pointer: `${pointer}/field`, detail: 'needs the permission contacts:reveal' })
    if ('consent' in condition && !context.permissions.has('consents:read'))
      fields.push({ pointer: `${pointer}/consent`, detail: 'needs the permission consents:read' })
  }
  const [first] = fields
  if (first !== undefined)
    throw new DomainError('permission_missing', { detail: `${first.pointer} ${first.detail}.`, fields })
}
