import type { SegmentFieldCondition } from '@envoi/openapi'
import { DateTime, Duration } from 'luxon'
import { type FieldDeclaration, parseFieldValue } from '../contacts/field-value.ts'
import { normaliseEmail, normalisePhone } from '../contacts/normalise.ts'
import type { RuleReferences } from './rule-references.ts'

export type Operator = SegmentFieldCondition['op']

const text = (): FieldDeclaration => ({ type: 'text', choices: [] })
const datetime = (): FieldDeclaration => ({ type: 'datetime', choices: [] })

/** Properties of a contact that a rule may look at, as if they were declared fields. */
const ownFields = {
  email: text(),
  phone: text(),
  externalId: text(),
  firstName: text(),
  lastName: text(),
  locale: text(),
  timezone: text(),
  tracking: { type: 'choice', choices: ['unknown', 'granted', 'refused', 'withdrawn'] },
  restricted: { type: 'boolean', choices: [] },
  objections: { type: 'choices', choices: ['marketing', 'profiling'] },
  'origin.source': text(),
  'origin.collectedAt': datetime(),
  createdAt: datetime(),
  updatedAt: datetime(),
  lastEngagedAt: datetime(),
} satisfies Record<string, FieldDeclaration>

export type OwnField = keyof typeof ownFields

export function isOwnField(field: string): field is OwnField {
  return Object.hasOwn(ownFields, field)
}

/** What a condition's field is; undefined if the account has no such field. */
export function declarationOf(field: string, references: RuleReferences): FieldDeclaration | undefined {
  return isOwnField(field) ? ownFields[field] : references.fields.get(field.replace(/^attributes\./, ''))
}

const ordered: Operator[] = ['eq', 'ne', 'in', 'gt', 'gte', 'lt', 'lte', 'exists']
const texts: Operator[] = ['eq', 'ne', 'in', 'contains', 'startsWith', 'exists']
const times: Operator[] = [...ordered, 'before', 'after', 'withinLast']

const operators: Record<FieldDeclaration['type'], readonly Operator[]> = {
  text: texts,
  url: texts,
  number: ordered,
  boolean: ['eq', 'ne', 'exists'],
  date: times,
  datetime: times,
  choice: ['eq', 'ne', 'in', 'exists'],
  choices: ['contains', 'in', 'exists'],
}

/** A comparison whose value is right for its operator, in the form that is stored. */
export type Comparison =
  | { op: 'exists'; value: boolean }
  | { op: 'withinLast'; value: string }
  | { op: 'in'; value: (string | number | boolean)[] }
  | { op: Exclude<Operator, 'exists' | 'withinLast' | 'in'>; value: string | number | boolean }

/** Reads the operator and the value of a condition; a text says what is wrong with one of them. */
export function comparisonOf(
  { field, op, value }: SegmentFieldCondition,
  declaration: FieldDeclaration,
): Comparison | { wrong: 'op' | 'value'; detail: string } {
  const allowed = operators[declaration.type]
  if (!allowed.includes(op))
    return { wrong: 'op', detail: `a ${declaration.type} field takes ${allowed.join(', ')}` }
  if (op === 'exists') {
    if (value === undefined || typeof value === 'boolean') return { op, value: value ?? true }
    return { wrong: 'value', detail: 'true or false is expected' }
  }
  if (op === 'withinLast') {
    if (typeof value === 'string' && isDuration(value)) return { op, value }
    return { wrong: 'value', detail: 'an ISO 8601 duration is expected: P30D' }
  }
  if (op === 'in') {
    if (!Array.isArray(value)) return { wrong: 'value', detail: 'a list is expected' }
    const values = value.map((one) => single(field, op, declaration, one))
    const fault = values.find((one) => typeof one === 'object')
    if (typeof fault === 'object') return { wrong: 'value', detail: fault.fault }
    return { op, value: values.filter((one) => typeof one !== 'object') }
  }
  const one = single(field, op, declaration, value)
  return typeof one === 'object' ? { wrong: 'value', detail: one.fault } : { op, value: one }
}

function single(
  field: string,
  op: Operator,
  { type, choices }: FieldDeclaration,
  value: unknown,
): string | number | boolean | { fault: string } {
  // a cell of a file may hold a number as text, a rule in JSON has no reason to
  const suits = type === 'number' || type === 'boolean' ? typeof value === type : typeof value === 'string'
  if (!suits) return { fault: `a ${type === 'choices' ? 'choice' : type} is expected` }
  const parsed =
    op === 'contains' || op === 'startsWith'
      ? parseFieldValue({ type: type === 'choices' ? 'choice' : 'text', choices }, value)
      : field === 'email'
        ? normaliseEmail(value)
        : field === 'phone'
          ? normalisePhone(value)
          : parseFieldValue({ type: type === 'choices' ? 'choice' : type, choices }, value)
  if (!parsed.ok) return { fault: parsed.detail }
  if (parsed.value === null || Array.isArray(parsed.value)) return { fault: 'a value is expected' }
  return parsed.value
}

function isDuration(value: string): boolean {
  return /^P(?=.)[^.]*$/.test(value) && Duration.fromISO(value).isValid
}

/** How far back a duration reaches from `now`: months and years by the calendar, in UTC; not before 1970, which is always. */
export function reachBack(now: Date, duration: string): Date {
  const then = DateTime.fromJSDate(now, { zone: 'utc' }).minus(Duration.fromISO(duration))
  return new Date(Math.max(0, then.isValid ? then.toMillis() : 0))
}
