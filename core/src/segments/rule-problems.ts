import {
  type SegmentCondition,
  type SegmentEventCondition,
  type SegmentRule,
  segmentRuleLimits,
} from '@envoi/openapi'
import type { FieldProblem } from '../errors.ts'
import { isSearch } from './is-search.ts'
import { comparisonOf, declarationOf } from './rule-fields.ts'
import type { RuleReferences } from './rule-references.ts'

/**
 * What is wrong with a rule whose shape is right: what it names does not exist, a value does not suit its field, segments
 * refer to each other in a circle, it is too deep or too large. Pointers begin with `pointer`; what is wrong inside a
 * segment referred to is told where it is referred to.
 *
 * `self` is the segment that the rule is of, if it has one yet.
 */
export function ruleProblems(
  rule: SegmentRule,
  references: RuleReferences,
  { pointer = '/rule', self }: { pointer?: string; self?: string | undefined } = {},
): FieldProblem[] {
  const inside = self === undefined ? [] : [self]
  const problems = problemsOf(
    rule,
    { pointer, level: 1, inside, nested: false },
    { references, conditions: 0, searches: 0 },
  )
  // many in one segment referred to are told at one place
  return [...new Map([...problems].map((one) => [`${one.pointer} ${one.detail}`, one])).values()]
}

interface Place {
  pointer: string
  level: number
  /** Segments entered on the way here. */
  inside: string[]
  /** In a segment referred to: the pointer stays at the reference. */
  nested: boolean
}

interface Walk {
  references: RuleReferences
  /** Counted so far. */
  conditions: number
  searches: number
}

function* problemsOf(rule: SegmentRule, place: Place, walk: Walk): Generator<FieldProblem> {
  const { references } = walk
  const limits = segmentRuleLimits
  const at = (below: string) => (place.nested ? place.pointer : place.pointer + below)
  const under = (below: string): Place => ({ ...place, pointer: at(below), level: place.level + 1 })

  // told once; a walk that went on could be as long as segments in segments can make it
  if (walk.conditions > limits.conditions || walk.searches > limits.searches) return
  if (place.level > limits.depth)
    yield { pointer: at(''), detail: `is deeper than ${limits.depth} levels, those of segments included` }
  else if ('all' in rule)
    for (const [index, one] of rule.all.entries()) yield* problemsOf(one, under(`/all/${index}`), walk)
  else if ('any' in rule)
    for (const [index, one] of rule.any.entries()) yield* problemsOf(one, under(`/any/${index}`), walk)
  else if ('not' in rule) yield* problemsOf(rule.not, under('/not'), walk)
  else if (++walk.conditions > limits.conditions)
    yield {
      pointer: at(''),
      detail: `is one of more than ${limits.conditions} conditions, those of segments included`,
    }
  else if (isSearch(rule) && ++walk.searches > limits.searches)
    yield {
      pointer: at(''),
      detail: `is one of more than ${limits.searches} conditions that search, those of segments included`,
    }
  else if ('segment' in rule) {
    const found = references.segments.get(rule.segment)
    if (place.inside.includes(rule.segment))
      yield { pointer: at('/segment'), detail: 'leads back to the segment it is in' }
    else if (!found) yield { pointer: at('/segment'), detail: 'is not a segment' }
    else
      yield* problemsOf(
        found,
        { ...under('/segment'), inside: [...place.inside, rule.segment], nested: true },
        walk,
      )
  } else
    for (const { below, detail } of conditionProblems(rule, references)) yield { pointer: at(below), detail }
}

function* conditionProblems(
  rule: Exclude<SegmentCondition, { segment: string }>,
  references: RuleReferences,
): Generator<{ below: string; detail: string }> {
  if ('field' in rule) {
    const declaration = declarationOf(rule.field, references)
    const comparison = declaration && comparisonOf(rule, declaration)
    if (!comparison) yield { below: '/field', detail: 'is not a declared field' }
    else if ('wrong' in comparison) yield { below: `/${comparison.wrong}`, detail: comparison.detail }
  } else if ('consent' in rule) {
    if (!references.purposes.has(rule.consent.purpose))
      yield { below: '/consent/purpose', detail: 'is not the key of a purpose' }
  } else if ('list' in rule) {
    if (!references.lists.has(rule.list)) yield { below: '/list', detail: 'is not a list' }
  } else yield* eventProblems(rule.event, references)
}

function* eventProblems(
  event: SegmentEventCondition['event'],
  references: RuleReferences,
): Generator<{ below: string; detail: string }> {
  if (event.campaign !== undefined && !references.campaigns.has(event.campaign))
    yield { below: '/event/campaign', detail: 'is not a campaign' }
  if (event.link !== undefined && event.type !== 'message.clicked')
    yield { below: '/event/link', detail: 'goes with message.clicked only' }
  // the index of a link means nothing outside the content of its campaign
  if (event.link !== undefined && event.campaign === undefined)
    yield { below: '/event/campaign', detail: 'is needed with a link' }
  if (event.goal !== undefined) yield { below: '/event/goal', detail: 'is not the key of a goal' }
}
