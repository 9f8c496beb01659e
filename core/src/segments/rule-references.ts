import { type SegmentCondition, type SegmentRule, segmentRuleLimits } from '@envoi/openapi'
import type { FieldDeclaration } from '../contacts/field-value.ts'
import type { Context } from '../context.ts'
import { conditionsOf } from './rule-conditions.ts'

/** What a rule names, as it is in the account. What is not there is not in the account. */
export interface RuleReferences {
  /** Declared fields, by key. */
  fields: ReadonlyMap<string, FieldDeclaration>
  /** Ids of purposes, by key. */
  purposes: ReadonlyMap<string, string>
  lists: ReadonlySet<string>
  campaigns: ReadonlySet<string>
  /** Rules of segments, by id: those named by the rule, and by those in turn. */
  segments: ReadonlyMap<string, SegmentRule>
}

/**
 * Reads all that a rule refers to, whatever its size, in one query by kind (and one by level of segments in segments). `approved`:
 * rules of segments that count instead of those they have now.
 */
export async function loadReferences(
  context: Context,
  rule: SegmentRule,
  approved: Record<string, SegmentRule> = {},
): Promise<RuleReferences> {
  const { db, scope } = context
  const segments = new Map<string, SegmentRule>()
  const conditions = conditionsIn(rule)
  let wanted = idsOf(conditions, 'segment')
  for (let level = 0; level < segmentRuleLimits.depth && wanted.length > 0; level++) {
    const kept = wanted.flatMap((id) => {
      const rule = Object.hasOwn(approved, id) ? approved[id] : undefined
      return rule === undefined ? [] : [{ id, rule }]
    })
    const rows = await db.segment.findMany({
      where: { ...scope, id: { in: wanted.filter((id) => !Object.hasOwn(approved, id)) } },
      select: { id: true, rule: true },
    })
    const found = [...kept, ...rows.map(({ id, rule }) => ({ id, rule: rule as unknown as SegmentRule }))]
    for (const { id, rule } of found) segments.set(id, rule)
    const inner = found.flatMap(({ rule }) => conditionsIn(rule))
    conditions.push(...inner)
    // A rule that names more is over the limit of conditions, and is told so.
    if (conditions.length > segmentRuleLimits.conditions * 10) break
    wanted = idsOf(inner, 'segment').filter((id) => !segments.has(id))
  }

  const keys = conditions.flatMap((one) => ('field' in one ? [one.field.replace(/^attributes\./, '')] : []))
  const purposeKeys = conditions.flatMap((one) => ('consent' in one ? [one.consent.purpose] : []))
  const campaignIds = conditions.flatMap((one) =>
    'event' in one && one.event.campaign ? [one.event.campaign] : [],
  )
  const byId = (ids: string[]) => ({ where: { ...scope, id: { in: ids } }, select: { id: true } })
  const [fields, purposes, lists, campaigns] = await Promise.all([
    db.field.findMany({
      where: { ...scope, key: { in: keys } },
      select: { key: true, type: true, choices: true },
    }),
    db.purpose.findMany({ where: { ...scope, key: { in: purposeKeys } }, select: { key: true, id: true } }),
    db.list.findMany(byId(idsOf(conditions, 'list'))),
    db.campaign.findMany(byId(campaignIds)),
  ])
  return {
    fields: new Map(fields.map((field) => [field.key, field])),
    purposes: new Map(purposes.map(({ key, id }) => [key, id])),
    lists: new Set(lists.map(({ id }) => id)),
    campaigns: new Set(campaigns.map(({ id }) => id)),
    segments,
  }
}

const conditionsIn = (rule: SegmentRule) => [...conditionsOf(rule)].map(({ condition }) => condition)

function idsOf(conditions: SegmentCondition[], kind: 'segment' | 'list'): string[] {
  const ids = conditions.flatMap((one) => {
    if (kind === 'segment') return 'segment' in one ? [one.segment] : []
    return 'list' in one ? [one.list] : []
  })
  return [...new Set(ids)]
}
