import type { SegmentRule } from '@envoi/openapi'
import { maskedFields, maskText } from '../contacts/mask.ts'
import type { Context } from '../context.ts'

/** How rules are shown to whoever asks: a rule may name the very person it looks for. */
export async function ruleMask(context: Context): Promise<(rule: SegmentRule) => SegmentRule> {
  const masked = await maskedFields(context)
  const maskValue = (value: unknown) => (typeof value === 'string' ? maskText(value) : value)
  const show = (rule: SegmentRule): SegmentRule => {
    if ('all' in rule) return { all: rule.all.map(show) }
    if ('any' in rule) return { any: rule.any.map(show) }
    if ('not' in rule) return { not: show(rule.not) }
    if (!('field' in rule) || !masked.has(rule.field)) return rule
    const { value } = rule
    return {
      ...rule,
      value: (Array.isArray(value) ? value.map(maskValue) : maskValue(value)) as typeof value,
    }
  }
  return masked.size === 0 ? (rule) => rule : show
}
