import type { FieldType } from '@envoi/prisma'
import { normaliseText } from './normalise.ts'
import { parseDay, parseInstant } from './parse-instant.ts'
import { isBlank, type Parsed, parsed, refused } from './parsed.ts'

/** What a value of a declared field is checked against. */
export interface FieldDeclaration {
  type: FieldType
  /** Of `choice` and `choices`. */
  choices: readonly string[]
}

/** As it is stored among the attributes of a contact. Null clears. */
export type FieldValue = string | number | boolean | string[] | null

const longestText = 10_000
const longestUrl = 2_048

/** A value of a declared field, from a JSON body or from a cell of a file, where everything is text. */
export function parseFieldValue(field: FieldDeclaration, value: unknown): Parsed<FieldValue> {
  if (isBlank(value)) return parsed(null)
  switch (field.type) {
    case 'text':
      return normaliseText(value, longestText)
    case 'number':
      return parseNumber(value)
    case 'boolean':
      return parseBoolean(value)
    case 'date':
      return parseDay(value)
    case 'datetime': {
      const instant = parseInstant(value)
      return instant.ok ? parsed(instant.value?.toISOString() ?? null) : instant
    }
    case 'choice': {
      const choice = oneChoice(field, value)
      return choice === undefined ? notAChoice() : parsed(choice)
    }
    case 'choices':
      return parseChoices(field, value)
    case 'url':
      return parseUrl(value)
    default:
      return field.type satisfies never
  }
}

function parseNumber(value: unknown): Parsed<number> {
  const plain = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,3})?$/i
  const number =
    typeof value === 'string' && plain.test(value.trim())
      ? Number(value)
      : typeof value === 'number'
        ? value
        : Number.NaN
  // 1,234 is refused rather than guessed: it is a thousand here and one and a bit there.
  if (!Number.isFinite(number)) return refused('invalid_number', 'a number is expected, with a point: 12.5')
  return parsed(number)
}

/** What exports of the usual programs write, in English and in French. */
const booleans = new Map<unknown, boolean>([
  ...['true', '1', 'yes', 'y', 'oui', 'vrai'].map((word): [string, boolean] => [word, true]),
  ...['false', '0', 'no', 'n', 'non', 'faux'].map((word): [string, boolean] => [word, false]),
])

function parseBoolean(value: unknown): Parsed<boolean> {
  const found =
    typeof value === 'boolean'
      ? value
      : booleans.get(typeof value === 'string' ? value.trim().toLowerCase() : value)
  return found === undefined ? refused('invalid_boolean', 'true or false is expected') : parsed(found)
}

/** A declaration is used for all the rows of a file: its choices are indexed once. */
const indexes = new WeakMap<readonly string[], ReadonlyMap<string, number>>()

/** The place of each choice in the declaration. */
function indexOf(choices: readonly string[]): ReadonlyMap<string, number> {
  const index = indexes.get(choices) ?? new Map(choices.map((choice, place) => [choice, place]))
  indexes.set(choices, index)
  return index
}

function oneChoice({ choices }: FieldDeclaration, value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim().normalize('NFC') : undefined
  return text !== undefined && indexOf(choices).has(text) ? text : undefined
}

function notAChoice() {
  return refused('invalid_choice', 'one of the choices of the field is expected')
}

/** Several choices: an array, or the text that a cell holds. They come out in the order of the declaration, once each. */
function parseChoices(field: FieldDeclaration, value: unknown): Parsed<string[] | null> {
  for (const candidate of Array.isArray(value) ? [value] : cellParts(value)) {
    const found = candidate.map((part) => oneChoice(field, part))
    if (found.every((choice) => choice !== undefined)) return parsed(inOrder(field, found))
  }
  return notAChoice()
}

function inOrder({ choices }: FieldDeclaration, found: string[]): string[] | null {
  const place = (choice: string) => indexOf(choices).get(choice) ?? 0
  return found.length === 0 ? null : [...new Set(found)].sort((one, other) => place(one) - place(other))
}

/** How a cell may list several values; a choice may itself hold a comma, so the declaration decides which reading is meant. */
function cellParts(value: unknown): unknown[][] {
  if (typeof value !== 'string') return []
  const quoted = [...value.matchAll(/"((?:[^"]|"")*)"/g)].map(([, part = '']) => part.replaceAll('""', '"'))
  const separated = [';', '|', ','].map((separator) =>
    value.split(separator).filter((part) => part.trim() !== ''),
  )
  return [[value], ...(quoted.length > 0 ? [quoted] : []), ...separated]
}

function parseUrl(value: unknown): Parsed<string> {
  const text = typeof value === 'string' ? value.trim() : ''
  if (text.length <= longestUrl && /^https?:\/\//i.test(text) && URL.canParse(text)) {
    const url = new URL(text)
    if (url.username === '' && url.password === '' && url.href.length <= longestUrl) return parsed(url.href)
  }
  return refused('invalid_url', `an http or https address of at most ${longestUrl} characters is expected`)
}
