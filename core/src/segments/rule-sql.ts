import type { SegmentRule } from '@envoi/openapi'
import { Prisma } from '@envoi/prisma'
import { eventSql } from './event-sql.ts'
import { type Condition, fieldSql } from './field-sql.ts'
import { comparisonOf, declarationOf } from './rule-fields.ts'
import type { RuleReferences } from './rule-references.ts'

/**
 * A rule without problems as a boolean expression over alias `c` of table `contact`, for a `where`: values are
 * parameters, never text. It is null for some contacts, who do not belong.
 */
export function ruleSql(
  rule: SegmentRule,
  references: RuleReferences,
  scope: { accountId: string; now: Date },
): Prisma.Sql {
  const { sql } = compile(rule, { ...scope, references })
  return Prisma.sql`(c.account_id = ${scope.accountId}::uuid and ${sql})`
}

interface Compilation {
  references: RuleReferences
  accountId: string
  now: Date
}

function compile(rule: SegmentRule, on: Compilation): Condition {
  if ('all' in rule) return joined(rule.all, ' and ', on)
  if ('any' in rule) return joined(rule.any, ' or ', on)
  if ('not' in rule) {
    const { sql, nullable } = compile(rule.not, on)
    // Unknown counts as no, so that its contrary is yes. Where nothing is unknown plain `not` lets Postgres plan an anti-join.
    return { sql: nullable ? Prisma.sql`(${sql}) is not true` : Prisma.sql`not (${sql})`, nullable: false }
  }
  if ('field' in rule) {
    const declaration = declarationOf(rule.field, on.references)
    const comparison = declaration && comparisonOf(rule, declaration)
    if (!declaration || !comparison || 'wrong' in comparison) throw unchecked('field')
    return fieldSql(rule, declaration, comparison, on.now)
  }
  if ('event' in rule) return eventSql(rule.event, on.accountId, on.now)
  if ('consent' in rule) {
    const { purpose, channel, state } = rule.consent
    const purposeId = on.references.purposes.get(purpose)
    if (!purposeId) throw unchecked('consent')
    return membership(Prisma.sql`
      from consent s
      where s.account_id = ${on.accountId}::uuid and s.contact_id = c.id and s.purpose_id = ${purposeId}::uuid
        and s.channel = ${channel}::text::channel and s.state = ${state}::text::consent_state`)
  }
  if ('list' in rule)
    return membership(Prisma.sql`
      from list_member l
      where l.account_id = ${on.accountId}::uuid and l.list_id = ${rule.list}::uuid and l.contact_id = c.id`)
  const nested = on.references.segments.get(rule.segment)
  if (!nested) throw unchecked('segment')
  return compile(nested, on)
}

function joined(rules: SegmentRule[], by: ' and ' | ' or ', on: Compilation): Condition {
  const parts = rules.map((one) => compile(one, on))
  return {
    sql: Prisma.join(
      parts.map(({ sql }) => sql),
      by,
      '(',
      ')',
    ),
    nullable: parts.some(({ nullable }) => nullable),
  }
}

function membership(found: Prisma.Sql): Condition {
  return { sql: Prisma.sql`exists (select ${found})`, nullable: false }
}

function unchecked(what: string): Error {
  return new Error(`a rule with problems was compiled (${what})`)
}
