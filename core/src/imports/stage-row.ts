import { isIP } from 'node:net'
import { parseFieldValue } from '../contacts/field-value.ts'
import {
  normaliseEmail,
  normaliseLine,
  normaliseLocale,
  normalisePhone,
  normaliseText,
  normaliseTimezone,
} from '../contacts/normalise.ts'
import { parseInstant } from '../contacts/parse-instant.ts'
import {
  type ContactColumn,
  type EvidencePart,
  type ImportPlan,
  type PlannedConsent,
  proofOf,
} from './import-plan.ts'
import { printableRow, type Row } from './row-sink.ts'
import type { RowError } from './staging.sql.ts'

/** A row that can be merged. Null: the row says nothing about it. */
export interface StagedRow extends Record<ContactColumn, string | null> {
  line: number
  /** JSON of the attributes. */
  attributes: string | null
  evidence: (string | null)[] | null
  raw: string
}

/** What a value may turn out to be: the helpers of contacts have more precise types for their codes. */
type Outcome = { ok: true; value: unknown } | { ok: false; code: string; detail: string }

/** Checks and normalises a row of the file. */
export function stageRow(plan: ImportPlan, row: Row, now: Date): StagedRow | RowError {
  const staged: StagedRow = {
    line: row.line,
    email: null,
    phone: null,
    externalId: null,
    firstName: null,
    lastName: null,
    locale: null,
    timezone: null,
    attributes: null,
    evidence: null,
    raw: row.raw.length > shownCharacters ? `${row.raw.slice(0, shownCharacters)}…` : row.raw,
  }
  const attributes: Record<string, unknown> = {}
  const problems: { code: string; detail: string }[] = []
  for (let index = 0; index < plan.targets.length; index++) {
    const target = plan.targets[index]
    const value = row.cells[index]
    if (target === undefined || value === undefined || value === '' || value === null) continue
    const outcome: Outcome =
      target.kind === 'column'
        ? columnValue(target.name, value, plan)
        : target.kind === 'attribute'
          ? parseFieldValue(target.field, value)
          : evidenceValue(target.part, value, now)
    if (!outcome.ok) {
      problems.push({ code: outcome.code, detail: `“${plan.columns[index]}”: ${outcome.detail}` })
    } else if (outcome.value !== null) {
      if (target.kind === 'column') staged[target.name] = outcome.value as string
      else if (target.kind === 'attribute') attributes[target.field.key] = outcome.value
      else {
        staged.evidence ??= []
        staged.evidence[target.index] = outcome.value as string
      }
    }
  }
  if (problems.length === 0 && staged.email === null && staged.phone === null && staged.externalId === null)
    problems.push({ code: 'missing_identifier', detail: 'an email, a phone or an external id is required' })
  for (const consent of plan.consents) {
    const missing = missingProof(consent, staged.evidence)
    if (missing !== undefined) problems.push(missing)
  }
  const [first] = problems
  if (first !== undefined) {
    const detail = problems.map((problem) => problem.detail).join('; ')
    const { line, email, phone, externalId } = staged
    return { line, code: first.code, detail, row: printableRow(row.raw), email, phone, externalId }
  }
  if (staged.evidence !== null) staged.evidence = Array.from(staged.evidence, (value) => value ?? null)
  for (const _ in attributes) {
    staged.attributes = JSON.stringify(attributes)
    break
  }
  return staged
}

export const isStaged = (row: StagedRow | RowError): row is StagedRow => 'raw' in row

/** As many as the error file shows. */
const shownCharacters = 2_000

/** As in the contract of contacts. */
const longest = { externalId: 200, firstName: 100, lastName: 100 }

function columnValue(name: ContactColumn, value: unknown, plan: ImportPlan): Outcome {
  switch (name) {
    case 'email':
      return normaliseEmail(value)
    case 'phone':
      return normalisePhone(value, plan.country)
    case 'locale':
      return normaliseLocale(value)
    case 'timezone':
      return normaliseTimezone(value)
    case 'externalId':
      // keys of databases are numbers as often as texts
      return normaliseLine(Number.isSafeInteger(value) ? String(value) : value, longest.externalId)
    case 'firstName':
    case 'lastName':
      return normaliseLine(value, longest[name])
    default:
      return name satisfies never
  }
}

function evidenceValue(part: EvidencePart, value: unknown, now: Date): Outcome {
  switch (part) {
    case 'state': {
      const state = typeof value === 'string' ? value.trim().toLowerCase() : ''
      if (state === 'granted' || state === 'withdrawn' || state === 'refused')
        return { ok: true, value: state }
      return { ok: false, code: 'invalid_consent_state', detail: 'granted, withdrawn or refused is expected' }
    }
    case 'collectedAt': {
      const instant = parseInstant(value)
      if (!instant.ok || instant.value === null) return instant
      if (instant.value > now) return { ok: false, code: 'invalid_datetime', detail: 'it is in the future' }
      return { ok: true, value: instant.value.toISOString() }
    }
    case 'ip': {
      const ip = typeof value === 'string' ? value.trim() : ''
      if (isIP(ip) !== 0) return { ok: true, value: ip }
      return { ok: false, code: 'invalid_ip', detail: 'an IP address is expected' }
    }
    case 'text':
      return normaliseText(value, 10_000)
    case 'source':
      return normaliseLine(value, 200)
    case 'textVersion':
      return normaliseLine(value, 50)
    case 'url':
      return parseFieldValue({ type: 'url', choices: [] }, value)
    default:
      return part satisfies never
  }
}

function missingProof({ fixed, columns }: PlannedConsent, evidence: (string | null)[] | null) {
  const given = (part: EvidencePart) => {
    const index = columns[part]
    return (index === undefined ? null : evidence?.[index]) ?? fixed[part]
  }
  const state = given('state')
  const missing = state === undefined ? [] : proofOf(state).filter((part) => given(part) === undefined)
  if (missing.length === 0) return undefined
  return {
    code: 'missing_evidence',
    detail: `the evidence of a consent that is ${state} lacks ${missing.join(', ')}`,
  }
}
