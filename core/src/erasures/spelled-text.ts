/**
 * Free text as people and programs spell it, read as what it means: `ada%40example.com`, `ada&#64;example.com`, `ada [at] example.com`,
 * `ａｄａ＠example.com` all say the same. Each reading keeps, for every character, where in the text it came from, so that what is found in
 * it can be taken out of the text itself.
 *
 * Not all spellings can be undone at once: in a query `?e=ada` the `=ad` is no quoted-printable, and `at` is a word like another. So there
 * are several readings of a text, and a person is in it when they are in one of them.
 */
import { decodeHTML } from 'entities'

export interface Reading {
  text: string
  /** Where each unit of `text` begins and ends in what was read. */
  starts: number[]
  ends: number[]
  /** Whether words were taken for signs: then it is good for addresses alone. */
  isGuessed: boolean
  /** Whether tags were read over: those within what is found stay. */
  isWithoutTags: boolean
}

/** All readings of a text; those that would say nothing new are left out. */
export function readingsOf(original: string): Reading[] {
  const plain = decoded(asItIs(original))
  const readings = [plain]
  if (original.search(quotedPrintable) !== -1)
    readings.push(decoded(replace(asItIs(original), quotedPrintable, fromHex('='))))
  if (original.includes('<')) readings.push(decoded(withoutTags(asItIs(original))))
  for (const reading of [...readings]) {
    const spoken = withoutGuards(reading)
    if (spoken.text !== reading.text) readings.push({ ...spoken, isGuessed: true })
  }
  if (/AT|at/.test(original)) {
    const spoken = replace(
      replace(asItIs(original), capitalAt, () => '@'),
      capitalDot,
      () => '.',
    )
    if (spoken.text !== original) readings.push({ ...withoutGuards(decoded(spoken)), isGuessed: true })
  }
  return readings
}

function asItIs(text: string): Reading {
  const starts = Array.from({ length: text.length }, (_, at) => at)
  return { text, starts, ends: starts.map((at) => at + 1), isGuessed: false, isWithoutTags: false }
}

/** `adaATexampleDOTcom`: told apart by its capitals alone. */
const capitalAt = /(?<=[\p{Ll}\p{N}_.-])AT(?=[\p{Ll}\p{N}])|(?<=[\p{Lu}\p{N}_.-])at(?=[\p{Lu}\p{N}])/gu
const capitalDot = /(?<=[\p{Ll}\p{N}])DOT(?=[\p{Ll}\p{N}])|(?<=[\p{Lu}\p{N}])dot(?=[\p{Lu}\p{N}])/gu

const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text)

const quotedPrintable = /(?:=[0-9a-f]{2})+|=\r?\n/gi
const percent = /(?:%[0-9a-f]{2})+/gi

export const tag = /<[^<>]{1,300}>/g
/** Tags that do not part words. */
const inlineTag = /^<(?:\/?(?:a|b|em|font|i|small|span|strong|sub|sup|u|wbr)\b|!--)/i

/** Markup as it is seen: `<b>Ada</b> <i>Lovelace</i>`, `ada<wbr>@example.com`. */
function withoutTags(reading: Reading): Reading {
  const read = replace(reading, tag, (one) => (inlineTag.test(one) ? '' : ' '))
  return { ...replace(read, /\s{2,}/g, () => ' '), isWithoutTags: true }
}

/** How often escapes are undone in what escapes have left, as of links in links: `%25252540`, `&amp;#64;`, `%26%2364%3B`. */
const rounds = 5

/**
 * Escapes of URLs, JSON, style sheets and HTML undone, whichever is in which; letters and digits in one form, without what cannot
 * be seen.
 */
function decoded(reading: Reading): Reading {
  let read = reading
  for (let round = 0; round < rounds; round++) {
    const before = read
    if (read.text.includes('&'))
      read = replace(read, /&(?:#\d{1,10}|#x[0-9a-f]{1,10}|[a-z]{2,31}\d{0,2});?/gi, decodeHTML)
    if (read.text.includes('\\')) read = withoutBackslashes(read)
    if (read.text.includes('%')) read = replace(read, percent, fromHex('%'))
    if (read === before) break
  }
  // the plainest of texts, and by far the most, are through
  if (isAscii(read.text)) return { ...read, text: read.text.toLowerCase() }
  read = replace(read, /\p{Default_Ignorable_Code_Point}+/gu, () => '')
  read = replace(read, /[^\0-\x7f]\p{M}*|[\0-\x7f]\p{M}+/gu, (letter) =>
    letter.normalize('NFKC').toLowerCase(),
  )
  read = replace(read, /[^\0-\x7f]/gu, (sign) => (/\p{Nd}/u.test(sign) ? digitOf(sign) : sign))
  read = replace(read, /[\p{Pd}\u2212]/gu, () => '-')
  read = replace(read, /[\u3002\uff0e\uff61\u00b7\u2022\u2027]/g, () => '.')
  const lower = read.text.toLowerCase()
  return lower.length === read.text.length ? { ...read, text: lower } : read
}

/** `\u0040`, `\x40` and `\@` of programs, `\40 ` of style sheets (CSS Syntax level 3, §4.3.7). */
function withoutBackslashes(reading: Reading): Reading {
  let read = replace(reading, /\\{1,4}(?:u\{[0-9a-f]{1,6}\}|u[0-9a-f]{4}|x[0-9a-f]{2})/gi, fromCode)
  // signs first: in `\40example` a style sheet reads other digits, whoever wrote it did not
  read = replace(read, /\\{1,4}0{0,4}(?:40|2e|2b|2d|5f)\s?/gi, (one) => fromCode(one.trimEnd()))
  read = replace(read, /\\{1,4}(?:[0-9a-f]{6}\s?|[0-9a-f]{1,5}\s)/gi, (one) => fromCode(one.trimEnd()))
  return replace(read, /\\{1,4}[@._+-]/g, (escaped) => escaped.replaceAll('\\', ''))
}

/** Digits of other scripts stand in tens, from zero on (Unicode, 4.6). */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0
  let value = 0
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++
  return String(value)
}

/** Addresses written so that programs do not see them: `ada [at] example (dot) com`, `ada_at_example.com`, `ada @ example.com`. */
function withoutGuards(reading: Reading): Reading {
  let read = reading
  read = replace(
    read,
    /\s{0,3}[[({<«]\s{0,2}(?:a\s?t|arobase|arroba|a|@|&)\s{0,2}[\])}>»]\s{0,3}/g,
    () => '@',
  )
  read = replace(read, /\s{0,3}[[({<«]\s{0,2}(?:d\s?o\s?t|point|punto|\.)\s{0,2}[\])}>»]\s{0,3}/g, () => '.')
  read = replace(
    read,
    /\s{1,3}(?:at|arobase|arroba)\s{1,3}|\s{0,3}[_-](?:at|arobase|arroba)[_-]\s{0,3}/g,
    () => '@',
  )
  read = replace(
    read,
    /\s{1,3}(?:dot|point|punto)\s{1,3}|\s{0,3}[_-](?:dot|point|punto)[_-]\s{0,3}/g,
    () => '.',
  )
  read = replace(read, /\s{1,3}\.\s{1,3}/g, () => '.')
  return replace(read, /\s{0,3}@\s{0,3}/g, () => '@')
}

const fromHex = (sign: string) => (escapes: string) => {
  const bytes = Buffer.from(escapes.replaceAll(sign, ''), 'hex')
  const text = bytes.toString('utf8')
  // bytes that are no text are left as they were
  return text.includes('\ufffd') ? escapes : text
}

/** `\u0040`, `\u{40}` and `\x40`, as JSON and programs write them. */
function fromCode(written: string): string {
  const code = Number.parseInt(
    /[0-9a-f]{1,6}(?=\}?$)/i.exec(written.replace(/^\\+[ux]?/i, ''))?.[0] ?? '',
    16,
  )
  return code <= 0x10ffff ? String.fromCodePoint(code) : written
}

/** Replaces what matches; what stands there then came from the whole of what was matched. */
function replace(reading: Reading, pattern: RegExp, by: (match: string) => string): Reading {
  const { text, starts, ends } = reading
  const result: Reading = { ...reading, text: '', starts: [], ends: [] }
  let done = 0
  const copy = (to: number) => {
    result.text += text.slice(done, to)
    for (; done < to; done++) {
      result.starts.push(starts[done] ?? 0)
      result.ends.push(ends[done] ?? 0)
    }
  }
  for (const { 0: match, index } of text.matchAll(pattern)) {
    const replaced = by(match)
    if (replaced === match) continue
    copy(index)
    done = index + match.length
    result.text += replaced
    for (let unit = 0; unit < replaced.length; unit++) {
      result.starts.push(starts[index] ?? 0)
      result.ends.push(ends[done - 1] ?? 0)
    }
  }
  if (done === 0) return reading
  copy(text.length)
  return result
}
