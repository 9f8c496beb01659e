/**
 * Finds people in free text that an account has written, and says where: so that the words around them can stay.
 *
 * It costs one pass over the text however many people are looked for. What counts as a mention:
 *   - the email address in any spelling (`spelled-text.ts`), also with another tag (`ada+news@…`), never within a longer address;
 *   - the phone number, international or national, however it is grouped, never within a longer number;
 *   - the external id as a word of its own, if it has at least six characters, a digit among them: a shorter one is anything;
 *   - first and last name side by side in either order, without regard to accents or to initials between, if nobody else known bears both.
 */
import { domainToASCII } from 'node:url'
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { groupsOfDigits, runsOfDigits } from './digit-runs.ts'
import { plainLetters } from './plain-letters.ts'
import { type Reading, readingsOf, tag } from './spelled-text.ts'
import type { Subject } from './subject.ts'

export interface Mention {
  /** Of the people looked for. */
  index: number
  kind: 'email' | 'phone' | 'externalId' | 'name'
  start: number
  end: number
  /** Tags within it stay: `<b>Ada</b> Lovelace` begins in an element and ends outside of it. */
  keepsTags: boolean
}

export type FindPeople = (text: string) => Mention[]

/** `isShared`: whether somebody else bears the same names, who is then not told from the person. */
export function findPeople(
  people: readonly Subject[],
  isShared: (person: Subject) => boolean = () => false,
): FindPeople {
  const emails = new Map<string, number>()
  const phones = new Map<string, number>()
  const ids = new Map<string, number>()
  const names = new Map<string, number>()
  people.forEach((person, index) => {
    const { email, phone, externalId } = person
    if (email !== null) emails.set(untagged(email), index)
    if (phone !== null) for (const digits of spellingsOf(phone)) phones.set(digits, index)
    if (externalId !== null && /^(?=.*\d).{6,}$/.test(externalId)) ids.set(externalId.toLowerCase(), index)
    const [first, last] = [plain(person.firstName ?? ''), plain(person.lastName ?? '')]
    if (first.length < 2 || last.length < 2 || isShared(person)) return
    for (const begin of new Set([first, withoutInitials(first), transcribed(person.firstName)]))
      for (const end of new Set([last, withoutInitials(last), transcribed(person.lastName)])) {
        if (begin.length < 2 || end.length < 2) continue
        names.set(`${begin} ${end}`, index)
        names.set(`${end} ${begin}`, index)
      }
  })
  const longestId = Math.max(0, ...[...ids.keys()].map((id) => id.length))
  const nameWords = new Set([...names.keys()].map((name) => name.split(' ')[0] ?? ''))
  const longestName = Math.max(0, ...[...names.keys()].map((name) => name.split(' ').length))

  return (text) => {
    const found: Mention[] = []
    for (const reading of readingsOf(text)) {
      const add = (kind: Mention['kind'], index: number | undefined, from: number, to: number) => {
        if (index === undefined) return
        const [start, end] = [reading.starts[from] ?? 0, reading.ends[to - 1] ?? 0]
        found.push({ index, kind, start, end, keepsTags: reading.isWithoutTags })
      }
      if (emails.size > 0)
        for (const { value, from, to } of addresses(reading)) add('email', emails.get(value), from, to)
      if (reading.isGuessed) continue
      if (phones.size > 0)
        for (const { value, from, to } of numbers(reading)) add('phone', phones.get(value), from, to)
      if (ids.size > 0)
        for (const { value, from, to } of words(reading, longestId))
          add('externalId', ids.get(value), from, to)
      if (names.size > 0)
        for (const { value, from, to } of groups(reading, nameWords, longestName))
          add('name', names.get(value), from, to)
    }
    return found
  }
}

/** The text with a mark in the place of each mention. */
export function withoutMentions(
  text: string,
  mentions: readonly Mention[],
  markFor: (kind: Mention['kind']) => string,
): string {
  let result = text
  let before = Number.POSITIVE_INFINITY
  // from the end; of mentions that overlap, the longest goes
  const sorted = [...mentions].sort((a, b) => b.end - a.end || a.start - b.start)
  for (const { kind, start, end, keepsTags } of sorted) {
    if (end > before) continue
    const tags = keepsTags ? (text.slice(start, end).match(tag) ?? []).join('') : ''
    result = result.slice(0, start) + markFor(kind) + tags + result.slice(end)
    before = start
  }
  return result
}

interface Candidate {
  value: string
  from: number
  to: number
}

/** Without what stands between a `+` and the `@`: mail to any of them comes to one mailbox. */
function untagged(email: string): string {
  const at = email.lastIndexOf('@')
  const plus = email.indexOf('+')
  return plus === -1 || plus > at
    ? email.toLowerCase()
    : (email.slice(0, plus) + email.slice(at)).toLowerCase()
}

function withoutEnd(text: string, signs: string): string {
  let end = text.length
  while (end > 0 && signs.includes(text[end - 1] ?? '')) end--
  return text.slice(0, end)
}

/** Words that may be ids, with signs in them and without: `shop/4711`, `id:crm-4711`, `*crm-4711*`. */
function* words({ text }: Reading, longest: number): Iterable<Candidate> {
  for (const pattern of [
    /[^\s,;|"'’<>()[\]{}]{6,}/g,
    /[^\s,;|"'’<>()[\]{}=&?#]{6,}/g,
    /[^\s,;|"'’<>()[\]{}=&?/#:*°~]{6,}/g,
  ])
    for (const { 0: whole, index } of text.matchAll(pattern)) {
      const word = withoutEnd(whole, '.:!?*_~')
      const from = index + word.length - word.replace(/^[.*_~#]+/, '').length
      const value = text.slice(from, index + word.length)
      if (value.length <= longest) yield { value, from, to: from + value.length }
    }
}

const localPart = /[a-z0-9!#$%&'*+/=?^_`{|}~.-]/

/** What stands before an `@` and may be the local part of an address. */
function localPartBefore(text: string, at: number): string {
  let start = at
  while (start > 0 && at - start < 200 && localPart.test(text[start - 1] ?? '')) start--
  return text.slice(start, at)
}
const within = /[\p{L}\p{N}._%+-]/u

/** Addresses with their longest domain; the local part as long as it goes, and as what follows a sign that may stand before an address. */
function* addresses({ text }: Reading): Iterable<Candidate> {
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const domain = withoutEnd(/^[\p{L}\p{N}.-]{1,253}/u.exec(text.slice(at + 1, at + 254))?.[0] ?? '', '.-')
    const local = localPartBefore(text, at)
    const ascii = /^[\x21-\x7e]*$/.test(domain) ? domain : domainToASCII(domain)
    for (let start = 0; start < local.length; start++) {
      const before = text[at - local.length + start - 1] ?? ''
      const isWithin = within.test(before) && !(start > 0 && /[=/?&#'`|{}!$*^~]/.test(before))
      // signs alone before it are of the text: a list's hyphen, emphasis, three dots
      if (isWithin && !/^[._+-]{1,20}$/.test(local.slice(0, start))) continue
      const value = untagged(`${local.slice(start)}@${ascii}`)
      yield { value, from: at - local.length + start, to: at + 1 + domain.length }
    }
  }
}

/** How a number is written in digits: international (`00` instead of `+`, `(0)` within), and as at home. */
function spellingsOf(phone: string): string[] {
  const digits = phone.replace(/\D/g, '')
  const number = parsePhoneNumberFromString(phone)
  if (number === undefined) return [digits]
  const { countryCallingCode: code, nationalNumber: national } = number
  const all = [digits, `00${digits}`, `${code}0${national}`, `00${code}0${national}`, `0${national}`]
  return national.length >= 8 ? [...all, national] : all
}

const longestNumber = 20

function* numbers({ text }: Reading): Iterable<Candidate> {
  for (const places of runsOfDigits(text))
    for (const { from, to } of groupsOfDigits(places, [6, longestNumber]))
      yield { value: text.slice(from, to).replace(/\D/g, ''), from, to }
}

/** Without accents, in single spaces. */
const plain = (text: string) =>
  wordsIn(text)
    .map(({ value }) => value)
    .join(' ')

const withoutInitials = (name: string) =>
  name
    .split(' ')
    .filter((word) => word.length > 1)
    .join(' ')

/** `Jörg` as `Joerg`. */
const transcribed = (name: string | null) =>
  plain((name ?? '').normalize('NFC').replace(/[äöüÄÖÜ]/g, (letter) => `${plainLetters(letter)}e`))

const wordsIn = (text: string) =>
  [...text.matchAll(/[\p{L}\p{M}]+/gu)].map(({ 0: word, index }) => ({
    value: /^[a-z]+$/.test(word) ? word : plainLetters(word),
    from: index,
    to: index + word.length,
  }))

/** Between the parts of a name. */
const mostInitials = 3

/** Words side by side, beginning with one that a name begins with. */
function* groups({ text }: Reading, begins: ReadonlySet<string>, longest: number): Iterable<Candidate> {
  const words = wordsIn(text)
  for (const [first, { value: begin, from }] of words.entries()) {
    if (!begins.has(begin)) continue
    let value = begin
    let named = begin
    let length = 1
    for (let last = first + 1; length < longest && last < first + longest + mostInitials; last++) {
      const [before, word] = [words[last - 1], words[last]]
      if (
        before === undefined ||
        word === undefined ||
        !/^[\s,.;:|/"()'’´`_+-]{1,3}$/u.test(text.slice(before.to, word.from))
      )
        break
      value += ` ${word.value}`
      yield { value, from, to: word.to }
      // `Ada B. Lovelace`
      if (word.value.length === 1) continue
      named += ` ${word.value}`
      length++
      if (named !== value) yield { value: named, from, to: word.to }
    }
  }
}
