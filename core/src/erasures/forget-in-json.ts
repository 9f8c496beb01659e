import { type Condition, isCondition } from './condition.ts'
import type { Mention } from './find-people.ts'
import { type FindPeople, withoutMentions } from './find-people.ts'
import type { Fragments } from './rule-fragments.ts'

/** What stands where a person stood: visible, and of a form that leaves a rule a rule, and a link a link. */
export const marks = {
  email: 'erased@erased.invalid',
  text: '[erased]',
  phone: '+33600000000',
  externalId: 'erased',
}

const markInText = (kind: Mention['kind']) => (kind === 'email' ? marks.email : marks.text)

/** Takes people out of values of any shape, and remembers whom: as indexes of the people looked for. */
export function forgetter(find: FindPeople, fragments: Fragments) {
  const found = new Set<number>()

  const inText = (text: string, markFor = markInText): string => {
    const mentions = find(text)
    if (mentions.length === 0) return text
    for (const { index } of mentions) found.add(index)
    return withoutMentions(text, mentions, markFor)
  }

  const inJson = (value: unknown, withKeys = false): unknown => {
    if (typeof value === 'string') return inText(value)
    if (Array.isArray(value)) return value.map((part) => inJson(part, withKeys))
    if (typeof value !== 'object' || value === null) return value
    if (isCondition(value)) return inCondition(value)
    const entries = Object.entries(value).map(([key, part]) => [
      withKeys ? inText(key) : key,
      key === 'all' ? inJson(withoutNames(part), withKeys) : inJson(part, withKeys),
    ])
    return Object.fromEntries(entries)
  }

  /** A condition on what people are known by: there a part of an address, or a short id, names somebody too. */
  const inCondition = ({ field, value, ...rest }: Condition): Condition => {
    if (field !== 'email' && field !== 'phone' && field !== 'externalId')
      return { ...rest, field, value: inJson(value) }
    const inValue = (part: unknown): unknown => {
      if (typeof part !== 'string') return part
      const named = fragments.whoIs(field, part)
      for (const index of named) found.add(index)
      return named.length > 0 ? marks[field] : inText(part, () => marks[field])
    }
    return { ...rest, field, value: Array.isArray(value) ? value.map(inValue) : inValue(value) }
  }

  /** First and last name in conditions of their own, which must both hold, are the name of somebody. */
  const withoutNames = (conditions: unknown): unknown => {
    if (!Array.isArray(conditions)) return conditions
    const conditionOn = (name: string) =>
      conditions.find((one) => isCondition(one) && one.field === name && typeof one.value === 'string')?.value
    const [first, last] = [conditionOn('firstName'), conditionOn('lastName')]
    const named = find(`${first} ${last}`).filter(({ kind }) => kind === 'name')
    if (first === undefined || last === undefined || named.length === 0) return conditions
    for (const { index } of named) found.add(index)
    return conditions.map((one) =>
      isCondition(one) && (one.field === 'firstName' || one.field === 'lastName')
        ? { ...one, value: marks.text }
        : one,
    )
  }

  return { found, inText, inJson }
}
