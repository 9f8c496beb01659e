import { lacksExplicitConsent, specialCategoryRefusal } from '../fields/special-category.ts'
import {
  apiOrigin,
  type ContactColumn,
  type ContactDraft,
  contactColumns,
  type Origin,
  type ValueProblem,
} from './contact-draft.ts'
import type { ContactInput } from './contact-input.ts'
import type { ContactRules } from './contact-rules.ts'
import { draftConsents, lastGrant } from './draft-consents.ts'
import { parseFieldValue } from './field-value.ts'
import { isInFuture } from './in-future.ts'
import {
  normaliseEmail,
  normaliseLine,
  normaliseLocale,
  normalisePhone,
  normaliseTimezone,
} from './normalise.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

type Normalise = (value: string | null, rules: ContactRules) => Parsed<string | null>

const normalisers: Record<ContactColumn, Normalise> = {
  email: normaliseEmail,
  phone: (value, { country }) => normalisePhone(value, country),
  externalId: (value) => normaliseLine(value, 200),
  firstName: (value) => normaliseLine(value, 100),
  lastName: (value) => normaliseLine(value, 100),
  locale: normaliseLocale,
  timezone: normaliseTimezone,
}

/** Normalises and checks what a client wrote; names every value that is refused, not just the first. */
export function draftContact(
  input: ContactInput,
  rules: ContactRules,
): { draft: ContactDraft; problems: ValueProblem[] } {
  const draft: ContactDraft = {}
  const problems: ValueProblem[] = []
  const take = <T>(pointer: string, result: Parsed<T>): T | undefined => {
    if (result.ok) return result.value
    problems.push({ code: result.code, pointer, detail: result.detail })
    return undefined
  }
  for (const name of contactColumns) {
    const value = input[name]
    if (value !== undefined) draft[name] = take(`/${name}`, normalisers[name](value, rules))
  }
  if (input.attributes !== undefined) {
    const attributes = new Map<string, unknown>()
    for (const [key, value] of Object.entries(input.attributes)) {
      const pointer = `/attributes/${escapePointer(key)}`
      const field = rules.fields.get(key)
      if (field === undefined)
        problems.push({ code: 'unknown_field', pointer, detail: 'is not a declared field' })
      else if (lacksExplicitConsent(field) && value !== null)
        problems.push({
          code: 'instruction_may_infringe',
          pointer,
          detail: `may not be held: ${specialCategoryRefusal}`,
        })
      else attributes.set(key, take(pointer, parseFieldValue(field, value)))
    }
    draft.attributes = attributes
  }
  if (input.origin !== undefined) draft.origin = draftOrigin(input.origin, rules.now, take)
  if (input.consents !== undefined) {
    const { consents, problems: unsound } = draftConsents(input.consents, rules)
    draft.consents = consents
    draft.consentedAt = lastGrant(consents)
    problems.push(...unsound)
  }
  return { draft, problems }
}

function draftOrigin(
  input: NonNullable<ContactInput['origin']>,
  now: Date,
  take: <T>(pointer: string, result: Parsed<T>) => T | undefined,
): Origin {
  const { source, detail = null, collectedAt = null } = input
  return {
    source: take('/origin/source', normaliseLine(source, 200)) ?? apiOrigin.source,
    detail: take('/origin/detail', normaliseLine(detail, 1000)) ?? null,
    collectedAt:
      collectedAt === null ? null : (take('/origin/collectedAt', pastInstant(collectedAt, now)) ?? null),
  }
}

function pastInstant(time: string, now: Date): Parsed<Date> {
  const instant = new Date(time)
  return isInFuture(instant, now) ? refused('invalid_datetime', 'cannot be in the future') : parsed(instant)
}

/** A key as part of a JSON pointer (RFC 6901, section 3); hostile ones are long. */
const escapePointer = (key: string) => key.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')
