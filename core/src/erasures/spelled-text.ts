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
}

/** All readings of a text; those that would say nothing new are left out. */
export function readingsOf(original: string): Reading[] {
  const plain = decoded(asItIs(original))
  const readings = [plain]
  if (original.search(quotedPrintable) !== -1)
    readings.push(decoded(replace(asItIs(original), quotedPrintable, fromHex('='))))
  for (const reading of [...readings]) {
    const spoken = withoutGuards(reading)
    if (spoken.text !== reading.text) readings.push({ ...spoken, isGuessed: true })
  }
  return readings
}

function asItIs(text: string): Reading {
  const starts = Array.from({ length: text.length }, (_, at) => at)
  return { text, starts, ends: starts.map((at) => at + 1), isGuessed: false }
}

const isAscii = (text: string) => /^[\0-\x7f]*$/.test(text)

const quotedPrintable = /(?:=[0-9a-f]{2})+|=\r?\n/gi
const percent = /(?:%[0-9a-f]{2})+/gi

/** Escapes of URLs (twice, as links in links are), JSON and HTML undone; letters in one form, without what cannot be seen. */
function decoded(reading: Reading): Reading {
  let read = reading
  if (read.text.includes('&'))
    read = replace(read, /&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);?/gi, decodeHTML)
  if (read.text.includes('\\u')) read = replace(read, /(?:\\u[0-9a-f]{4})+/gi, fromJson)
  for (let times = 0; times < 2 && read.text.includes('%'); times++)
    read = replace(read, percent, fromHex('%'))
  // the plainest of texts, and by far the most, are through
  if (isAscii(read.text)) return { ...read, text: read.text.toLowerCase() }
  read = replace(read, /\p{Default_Ignorable_Code_Point}+/gu, () => '')
  read = replace(read, /[^\0-\x7f]\p{M}*|[\0-\x7f]\p{M}+/gu, (letter) =>
    letter.normalize('NFKC').toLowerCase(),
  )
  const lower = read.text.toLowerCase()
  return lower.length === read.text.length ? { ...read, text: lower } : read
}

/** Addresses written so that programs do not see them: `ada [at] example (dot) com`, `ada_at_example.com`, `ada @ example.com`. */
function withoutGuards(reading: Reading): Reading {
  let read = reading
  read = replace(read, /\s{0,3}[[({<]\s{0,2}(?:at|arobase|a|@|&)\s{0,2}[\])}>]\s{0,3}/g, () => '@')
  read = replace(read, /\s{0,3}[[({<]\s{0,2}(?:dot|point|\.)\s{0,2}[\])}>]\s{0,3}/g, () => '.')
  read = replace(read, /\s{1,3}(?:at|arobase)\s{1,3}|[_-](?:at|arobase)[_-]/g, () => '@')
  read = replace(read, /\s{1,3}(?:dot|point)\s{1,3}|[_-](?:dot|point)[_-]/g, () => '.')
  return replace(read, /\s{0,3}@\s{0,3}/g, () => '@')
}

const fromHex = (sign: string) => (escapes: string) => {
  const bytes = Buffer.from(escapes.replaceAll(sign, ''), 'hex')
  const text = bytes.toString('utf8')
  // bytes that are no text are left as they were
  return text.includes('\ufffd') ? escapes : text
}

const fromJson = (escapes: string) =>
  escapes
    .split('\\u')
    .slice(1)
    .map((code) => String.fromCharCode(Number.parseInt(code, 16)))
    .join('')

/** Replaces what matches; what stands there then came from the whole of what was matched. */
function replace(reading: Reading, pattern: RegExp, by: (match: string) => string): Reading {
  const { text, starts, ends } = reading
  const result: Reading = { text: '', starts: [], ends: [], isGuessed: reading.isGuessed }
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
