import type { SegmentCondition, SegmentRule } from '@envoi/openapi'

/** The conditions of a rule, each with the JSON pointer to its place; not those of segments it refers to. */
export function* conditionsOf(
  rule: SegmentRule,
  pointer = '/rule',
): Generator<{ condition: SegmentCondition; pointer: string }> {
  if ('all' in rule)
    for (const [index, one] of rule.all.entries()) yield* conditionsOf(one, `${pointer}/all/${index}`)
  else if ('any' in rule)
    for (const [index, one] of rule.any.entries()) yield* conditionsOf(one, `${pointer}/any/${index}`)
  else if ('not' in rule) yield* conditionsOf(rule.not, `${pointer}/not`)
  else yield { condition: rule, pointer }
}
