import type { SegmentFieldCondition } from '@envoi/openapi'
import { Prisma } from '@envoi/prisma'
import type { FieldDeclaration } from '../contacts/field-value.ts'
import { type Comparison, isOwnField, type OwnField, reachBack } from './rule-fields.ts'

type Sql = Prisma.Sql
type Scalar = string | number | boolean

/** A condition in SQL; whether it may come out as null (unknown), which `not` would keep. */
export interface Condition {
  sql: Sql
  nullable: boolean
}

/** A value of the contact and the type in which it is compared. */
interface Operand {
  value: Sql
  type: 'text' | 'numeric' | 'timestamptz'
}

const columns: Record<Exclude<OwnField, 'objections'>, Operand> = {
  email: { value: Prisma.sql`c.email`, type: 'text' },
  phone: { value: Prisma.sql`c.phone`, type: 'text' },
  externalId: { value: Prisma.sql`c.external_id`, type: 'text' },
  firstName: { value: Prisma.sql`c.first_name`, type: 'text' },
  lastName: { value: Prisma.sql`c.last_name`, type: 'text' },
  locale: { value: Prisma.sql`c.locale`, type: 'text' },
  timezone: { value: Prisma.sql`c.timezone`, type: 'text' },
  tracking: { value: Prisma.sql`c.tracking::text`, type: 'text' },
  restricted: { value: Prisma.sql`(c.restricted_at is not null)::text`, type: 'text' },
  'origin.source': { value: Prisma.sql`c.origin_source`, type: 'text' },
  'origin.collectedAt': { value: Prisma.sql`c.origin_collected_at`, type: 'timestamptz' },
  createdAt: { value: Prisma.sql`c.created_at`, type: 'timestamptz' },
  updatedAt: { value: Prisma.sql`c.updated_at`, type: 'timestamptz' },
  lastEngagedAt: { value: Prisma.sql`c.last_engaged_at`, type: 'timestamptz' },
}

/** A condition on a column or an attribute of contact `c`. */
export function fieldSql(
  { field }: SegmentFieldCondition,
  { type }: FieldDeclaration,
  comparison: Comparison,
  now: Date,
): Condition {
  if (type === 'choices') return choicesSql(field, comparison)
  const operand = isOwnField(field) && field !== 'objections' ? columns[field] : attribute(field, type)
  switch (comparison.op) {
    case 'exists':
      return { sql: existence(operand.value, comparison.value), nullable: false }
    // who has no value has another one than this
    case 'ne':
      return {
        sql: Prisma.sql`${operand.value} is distinct from ${parameter(operand, comparison.value)}`,
        nullable: false,
      }
    case 'withinLast': {
      const from = bound(type, reachBack(now, comparison.value))
      const until = bound(type, now)
      const sql = Prisma.sql`${operand.value} between ${parameter(operand, from)} and ${parameter(operand, until)}`
      return { sql, nullable: true }
    }
    case 'in':
      return {
        sql: Prisma.sql`${operand.value} = any(${parameters(operand, comparison.value)})`,
        nullable: true,
      }
    default:
      return {
        sql: compared(operand.value, comparison.op, parameter(operand, comparison.value)),
        nullable: true,
      }
  }
}

function compared(
  value: Sql,
  op: Exclude<Comparison['op'], 'exists' | 'ne' | 'withinLast' | 'in'>,
  other: Sql,
): Sql {
  switch (op) {
    case 'eq':
      return Prisma.sql`${value} = ${other}`
    case 'gt':
    case 'after':
      return Prisma.sql`${value} > ${other}`
    case 'gte':
      return Prisma.sql`${value} >= ${other}`
    case 'lt':
    case 'before':
      return Prisma.sql`${value} < ${other}`
    case 'lte':
      return Prisma.sql`${value} <= ${other}`
    case 'contains':
      return Prisma.sql`strpos(${lowered(value)}, ${lowered(other)}) > 0`
    case 'startsWith':
      return Prisma.sql`starts_with(${lowered(value)}, ${lowered(other)})`
    default:
      return op satisfies never
  }
}

/** By Unicode whatever the locale of the database: in `C`, that of the embedded server, É has no lower case. */
function lowered(value: Sql): Sql {
  return Prisma.sql`lower(${value} collate "und-x-icu")`
}

/** Attributes are stored as JSON in one form by type: dates and times as ISO 8601 of fixed length, whose order is that of their bytes. */
function attribute(field: string, type: FieldDeclaration['type']): Operand {
  const key = keyOf(field)
  switch (type) {
    case 'number':
      return {
        // the case keeps the cast from failing, were a value ever of another type
        value: Prisma.sql`(case jsonb_typeof(c.attributes -> ${key}::text) when 'number' then (c.attributes ->> ${key}::text)::numeric end)`,
        type: 'numeric',
      }
    case 'date':
    case 'datetime':
      return { value: Prisma.sql`(c.attributes ->> ${key}::text) collate "C"`, type: 'text' }
    default:
      return { value: Prisma.sql`(c.attributes ->> ${key}::text)`, type: 'text' }
  }
}

function choicesSql(field: string, comparison: Comparison): Condition {
  const key = keyOf(field)
  const own = field === 'objections'
  if (comparison.op === 'exists') {
    const value = own ? Prisma.sql`nullif(c.objections, '{}')` : Prisma.sql`(c.attributes ->> ${key}::text)`
    return { sql: existence(value, comparison.value), nullable: false }
  }
  const chosen = [comparison.value].flat().map(String)
  if (own) return { sql: Prisma.sql`c.objections && ${chosen}::text[]`, nullable: false }
  return { sql: Prisma.sql`(c.attributes -> ${key}::text) ?| ${chosen}::text[]`, nullable: true }
}

function existence(value: Sql, wanted: boolean): Sql {
  return wanted ? Prisma.sql`${value} is not null` : Prisma.sql`${value} is null`
}

function parameter({ type }: Operand, value: Scalar): Sql {
  switch (type) {
    case 'text':
      return Prisma.sql`${String(value)}::text`
    case 'numeric':
      return Prisma.sql`${String(value)}::text::numeric`
    case 'timestamptz':
      return Prisma.sql`${String(value)}::text::timestamptz`
  }
}

function parameters({ type }: Operand, values: Scalar[]): Sql {
  const texts = values.map(String)
  switch (type) {
    case 'text':
      return Prisma.sql`${texts}::text[]`
    case 'numeric':
      return Prisma.sql`${texts}::text[]::numeric[]`
    case 'timestamptz':
      return Prisma.sql`${texts}::text[]::timestamptz[]`
  }
}

function bound(type: FieldDeclaration['type'], instant: Date): string {
  return type === 'date' ? instant.toISOString().slice(0, 10) : instant.toISOString()
}

function keyOf(field: string): string {
  return field.replace(/^attributes\./, '')
}
