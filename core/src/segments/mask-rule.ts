import type { SegmentRule } from '@envoi/openapi'
import type { Segment } from '@envoi/prisma'
import { fieldMasks, type Masked } from '../contacts/mask.ts'
import type { Context } from '../context.ts'
import { ruleOf } from './read-segments.ts'

/** A segment as whoever asks may see it. */
export type ShownSegment = Masked<Omit<Segment, 'rule'> & { rule: SegmentRule }>

/** How segments are shown to whoever asks: a rule may name the very person it looks for. */
export async function segmentMask(context: Context): Promise<(segment: Segment) => ShownSegment> {
  const masks = await fieldMasks(context)
  const show = (rule: SegmentRule): SegmentRule => {
    if ('all' in rule) return { all: rule.all.map(show) }
    if ('any' in rule) return { any: rule.any.map(show) }
    if ('not' in rule) return { not: show(rule.not) }
    const mask = 'field' in rule ? masks.get(rule.field) : undefined
    if (!('field' in rule) || mask === undefined) return rule
    const { value } = rule
    return {
      ...rule,
      value: (Array.isArray(value) ? value.map(mask) : mask(value)) as typeof value,
    }
  }
  return (segment) => ({ ...segment, rule: show(ruleOf(segment)) }) as ShownSegment
}
