import type { CountryCode } from 'libphonenumber-js/max'
import { loadContactRules } from '../contacts/contact-rules.ts'
import type { FieldDeclaration } from '../contacts/field-value.ts'
import type { Context } from '../context.ts'
import type { Purpose } from '../database.ts'
import type { FieldProblem } from '../errors.ts'
import type { FieldBook } from '../fields/field-book.ts'
import { lacksExplicitConsent, specialCategoryRefusal } from '../fields/special-category.ts'

/** What the columns of a file become: resolved once against the account's fields and purposes, asked for every row. */
export interface ImportPlan {
  format: 'csv' | 'ndjson'
  /** Headers whose values are wanted, and in the same order what they become. */
  columns: string[]
  targets: Target[]
  /** Headers that are named only to be read over. */
  ignored: string[]
  /** What becomes of a column that is not named at all. */
  others: 'refused' | 'ignored'
  consents: PlannedConsent[]
  /** Where phone numbers without a prefix are: that of the account's locale. */
  country: CountryCode | undefined
}

export const identityColumns = ['email', 'phone', 'externalId'] as const
export const textColumns = ['firstName', 'lastName', 'locale', 'timezone'] as const
export type ContactColumn = (typeof identityColumns)[number] | (typeof textColumns)[number]

export const evidenceParts = ['state', 'collectedAt', 'source', 'text', 'textVersion', 'ip', 'url'] as const
export type EvidencePart = (typeof evidenceParts)[number]

/** Without where and when, no statement of a person is evidence; a consent is only with what they were told (GDPR art. 7(1)). */
const anyProof: EvidencePart[] = ['source', 'collectedAt']
const grantProof: EvidencePart[] = [...anyProof, 'text', 'textVersion']
export const proofOf = (state: string) => (state === 'granted' ? grantProof : anyProof)

export type Target =
  | { kind: 'column'; name: ContactColumn }
  | { kind: 'attribute'; field: FieldDeclaration & { key: string } }
  /** `index`: its place in the evidence of a row. */
  | { kind: 'evidence'; part: EvidencePart; index: number }

export interface PlannedConsent {
  purpose: Purpose
  channel: 'email' | 'sms'
  /** What holds for every row without a value of its own. */
  fixed: Partial<Record<EvidencePart, string>>
  /** Where the row's own value stands in its evidence. */
  columns: Partial<Record<EvidencePart, number>>
}

export interface ConsentInput {
  purpose: string
  channel: 'email' | 'sms'
  state?: 'granted' | 'withdrawn' | 'refused'
  evidence: Partial<Record<Exclude<EvidencePart, 'state'>, string>>
}

interface Mapping {
  format: string
  columns: Record<string, string>
  consents: ConsentInput[]
}

/** Resolves a mapping; `problems` says what cannot be, with pointers into the body of `imports.create`. */
export async function planImport(
  context: Context,
  mapping: Mapping,
): Promise<{ plan: ImportPlan; problems: FieldProblem[] }> {
  const [rules, purposes] = await Promise.all([
    loadContactRules(context),
    context.db.purpose.findMany({
      where: { ...context.scope, key: { in: mapping.consents.map(({ purpose }) => purpose) } },
    }),
  ])
  const problems: FieldProblem[] = []
  const refuse = (pointer: string, detail: string) => problems.push({ pointer, detail })
  const consents = plannedConsents(mapping.consents, purposes, refuse)
  const plan: ImportPlan = {
    format: mapping.format === 'ndjson' ? 'ndjson' : 'csv',
    columns: [],
    targets: [],
    ignored: [],
    others: mapping.columns['*'] === 'ignore' ? 'ignored' : 'refused',
    consents,
    country: rules.country,
  }
  const taken = new Set<string>()
  let evidenceColumns = 0
  for (const [header, name] of Object.entries(mapping.columns)) {
    const pointer = `/columns/${header.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (name === 'ignore') {
      plan.ignored.push(header)
      continue
    }
    if (header === '*') refuse(pointer, 'stands for the columns that are not named: it can only be `ignore`')
    if (taken.has(name)) refuse(pointer, 'goes where another column goes already')
    taken.add(name)
    const target = targetOf(name, rules.fields, consents, evidenceColumns)
    if (typeof target === 'string') {
      refuse(pointer, target)
      continue
    }
    if (target.kind === 'evidence') evidenceColumns++
    plan.columns.push(header)
    plan.targets.push(target)
  }
  if (!identityColumns.some((name) => taken.has(name)))
    refuse('/columns', 'must map a column to `email`, `phone` or `externalId`')
  consents.forEach(({ fixed, columns }, index) => {
    const missing = (part: EvidencePart) => fixed[part] === undefined && columns[part] === undefined
    if (missing('state')) refuse(`/consents/${index}/state`, 'is required unless a column is mapped to it')
    // what a grant has to be proven with; whether a row's state is one is seen when it is read
    for (const part of proofOf(fixed.state ?? ''))
      if (missing(part))
        refuse(`/consents/${index}/evidence/${part}`, 'is required unless a column is mapped to it')
  })
  return { plan, problems }
}

function plannedConsents(
  inputs: ConsentInput[],
  purposes: Purpose[],
  refuse: (pointer: string, detail: string) => void,
): PlannedConsent[] {
  const seen = new Set<string>()
  return inputs.flatMap(({ purpose: key, channel, state, evidence }, index) => {
    const purpose = purposes.find((candidate) => candidate.key === key)
    if (purpose === undefined) {
      refuse(`/consents/${index}/purpose`, 'is not the key of a purpose')
      return []
    }
    if (!purpose.channels.includes(channel))
      refuse(`/consents/${index}/channel`, 'is not one of the channels of the purpose')
    if (seen.has(`${key} ${channel}`)) refuse(`/consents/${index}`, 'is there already')
    seen.add(`${key} ${channel}`)
    return [
      { purpose, channel, fixed: { ...evidence, ...(state === undefined ? {} : { state }) }, columns: {} },
    ]
  })
}

function isOneOf<const T extends string>(names: readonly T[], name: string): name is T {
  return (names as readonly string[]).includes(name)
}

/** A target, or why there is none. For evidence, enters the column into its consent as well. */
function targetOf(
  name: string,
  fields: FieldBook,
  consents: PlannedConsent[],
  evidenceColumns: number,
): Target | string {
  if (name.startsWith('attributes.')) {
    const field = fields.get(name.slice('attributes.'.length))
    if (field === undefined) return 'names a field that is not declared'
    // GDPR art. 9: one such value would be refused, so the whole column is
    return lacksExplicitConsent(field)
      ? `may not be held: ${specialCategoryRefusal}`
      : { kind: 'attribute', field }
  }
  if (name.startsWith('consents.')) {
    const [part = '', channel = '', ...rest] = name.split('.').reverse()
    const purpose = rest.slice(0, -1).reverse().join('.')
    const consent = consents.find((one) => one.purpose.key === purpose && one.channel === channel)
    if (consent === undefined) return 'names a purpose and channel that `consents` does not list'
    if (!isOneOf(evidenceParts, part)) return 'names no part of an evidence'
    consent.columns[part] = evidenceColumns
    return { kind: 'evidence', part, index: evidenceColumns }
  }
  if (!isOneOf([...identityColumns, ...textColumns], name)) return 'names nothing that a contact has'
  return { kind: 'column', name }
}
