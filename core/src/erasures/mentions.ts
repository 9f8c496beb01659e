/**
 * Finds people in free text: the raw lines of files that were refused, where an address may be written in capitals, a phone
 * number with spaces, a name without its accents. It costs one pass over the text however many people are looked for.
 *
 * It errs on the side of finding: a line deleted for nothing is a line less in an error report, one that is overlooked is a
 * person not forgotten.
 */
import { domainToASCII } from 'node:url'
import { groupsOfDigits, runsOfDigits } from './digit-runs.ts'
import { plainLetters } from './plain-letters.ts'
import { readingsOf } from './spelled-text.ts'
import type { Subject } from './subject.ts'

/** Returns, for a text, the indexes of the people it mentions. */
export function mentions(people: Subject[]): (text: string) => number[] {
  const emails = indexBy(people, ({ email }) => email)
  const phones = indexBy(people, ({ phone }) => (phone === null ? null : significantDigits(phone)))
  const externalIds = indexBy(people, ({ externalId }) => externalId?.toLowerCase() ?? null)
  const names = people.map(({ firstName, lastName }) => {
    const all = [...wordsOf(firstName ?? ''), ...wordsOf(lastName ?? '')]
    return firstName === null || lastName === null ? [] : all
  })
  const byRarestWord = indexBy(names, (words) => words.at(-1) ?? null)
  const findIn = (text: string, found: Set<number>) => {
    const add = (indexes: number[] = []) => {
      for (const index of indexes) found.add(index)
    }
    for (const email of emailsIn(text)) add(emails.get(email))
    for (const digits of phonesIn(text)) add(phones.get(digits))
    for (const cell of text.toLowerCase().split(/[,;|\t\r\n"]/)) add(externalIds.get(cell.trim()))
    const words = new Set(wordsOf(text))
    for (const word of words) {
      const candidates = byRarestWord.get(word) ?? []
      add(candidates.filter((index) => names[index]?.every((name) => words.has(name))))
    }
  }
  return (text) => {
    const found = new Set<number>()
    findIn(text, found)
    // and as what it means, however it is spelled
    const asItIs = text.toLowerCase()
    for (const reading of readingsOf(text)) if (reading.text !== asItIs) findIn(reading.text, found)
    return [...found]
  }
}

function indexBy<T>(items: T[], key: (item: T) => string | null): Map<string, number[]> {
  const index = new Map<string, number[]>()
  items.forEach((item, at) => {
    const value = key(item)
    if (value !== null && value !== '') index.set(value, [...(index.get(value) ?? []), at])
  })
  return index
}

/** Everything that may be an address: the longest, and what is left of it without what stands before it (`mailto:`). */
export function* emailsIn(text: string): Iterable<string> {
  const lower = text.toLowerCase()
  for (let at = lower.indexOf('@'); at !== -1; at = lower.indexOf('@', at + 1)) {
    const local =
      lower
        .slice(Math.max(0, at - 100), at)
        .split(/[\s@,;<>"()]/)
        .at(-1) ?? ''
    const [domain = ''] = /^[\p{L}\p{N}.-]+/u.exec(lower.slice(at + 1, at + 254)) ?? []
    const ascii = domainToASCII(trimPunctuation(domain))
    for (let start = 0; start < local.length; start++) {
      if (start === 0 || /[^a-z0-9]/.test(local[start - 1] ?? '')) yield `${local.slice(start)}@${ascii}`
    }
  }
}

/** Without the dots and hyphens around it, which belong to the sentence. */
function trimPunctuation(domain: string): string {
  let end = domain.length
  while (end > 0 && /[.-]/.test(domain.charAt(end - 1))) end--
  return domain.slice(0, end).replace(/^[.-]+/, '')
}

/** The nine last digits: the number without its country's prefix or the zero that stands for it. */
const length = 9
const significantDigits = (phone: string) => phone.replace(/\D/g, '').slice(-length)

/** Everything that may be a telephone number, as it is written; of a longer row of digits, all groups that may be one. */
export function* numbersIn(text: string): Iterable<string> {
  for (const places of runsOfDigits(text)) {
    const [first = 0, last = 0] = [places[0], places.at(-1)]
    const signed = (from: number) => (text[from - 1] === '+' ? from - 1 : from)
    if (places.length <= 25) yield text.slice(signed(first), last + 1)
    if (places.length > 9)
      for (const { from, to } of groupsOfDigits(places, [8, 15])) yield text.slice(signed(from), to)
  }
}

/** The last nine digits of anything that may be a number, however much stands before and behind. */
function* phonesIn(text: string): Iterable<string> {
  for (const places of runsOfDigits(text)) {
    const digits = places.map((place) => text[place]).join('')
    for (let end = Math.min(length, digits.length); end <= digits.length; end++)
      yield digits.slice(Math.max(0, end - length), end)
  }
}

/** Words in lower case, without accents. */
function wordsOf(text: string): string[] {
  return plainLetters(text).match(/\p{L}+/gu) ?? []
}
