import { MailInputError } from './mail-input-error.ts'

/** RFC 5322 section 2.1.1: a line should have no more than 78 characters, and must have no more than 998. */
const PREFERRED_LINE = 78
const LONGEST_LINE = 998
/** RFC 2047 section 2: an encoded word has 75 characters at most; 39 bytes make 52 of base64 and leave room for a name. */
const BYTES_PER_WORD = 39
/** A longer word cannot be folded into a lawful line, so it is encoded, which can be split anywhere. */
const LONGEST_WORD = 200

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
const NOT_ASCII = /[^\u0000-\u007f]/

/**
 * Refuses a value that could end its header and start another one (CR, LF), be cut short by a C program (NUL), or hold
 * any other control character but the tab, none of which RFC 5322 allows. Every value that enters a message passes here.
 */
export function refuseControlCharacters(field: string, value: string): string {
  if (CONTROL.test(value))
    throw new MailInputError('control_character', field, 'control characters are not allowed')
  return value
}

export function isAscii(value: string): boolean {
  return !NOT_ASCII.test(value)
}

/** Whether a text cannot stand as it is in a header: not ASCII, unfoldable, or read as an encoded word by mistake. */
export function needsEncoding(value: string): boolean {
  return !isAscii(value) || value.includes('=?') || hasLongWord(value)
}

function hasLongWord(value: string): boolean {
  return value.length > LONGEST_WORD && value.split(' ').some((word) => word.length > LONGEST_WORD)
}

/** Encoded words (RFC 2047) in base64, each holding whole characters, separated by single spaces where folding can happen. */
export function encodeWords(value: string): string {
  const words: string[] = []
  let chunk = ''
  let bytes = 0
  for (const character of value) {
    const size = Buffer.byteLength(character)
    if (bytes + size > BYTES_PER_WORD) {
      words.push(encodeWord(chunk))
      chunk = ''
      bytes = 0
    }
    chunk += character
    bytes += size
  }
  if (chunk) words.push(encodeWord(chunk))
  return words.join(' ')
}

function encodeWord(chunk: string): string {
  return `=?UTF-8?B?${Buffer.from(chunk).toString('base64')}?=`
}

/**
 * A header as it goes on the wire, without its last CRLF: `Name: value`, folded at spaces so that lines stay under 78
 * characters where the words allow it. Folding puts CRLF before a space that is already there, so unfolding restores
 * the value exactly.
 */
export function foldHeader(name: string, value: string): string {
  const line = `${name}: ${value}`
  if (line.length <= PREFERRED_LINE) return line

  const folded: string[] = []
  let start = 0
  let lastSpace = -1
  for (let index = name.length + 2; index < line.length; index++) {
    if (line.charCodeAt(index) !== 0x20) continue
    // A line made of white space alone would be taken for the end of the headers by some readers.
    if (line.charCodeAt(index + 1) === 0x20) continue
    if (index - start > PREFERRED_LINE && lastSpace > start) {
      folded.push(line.slice(start, lastSpace))
      start = lastSpace
    }
    lastSpace = index
  }
  if (line.length - start > PREFERRED_LINE && lastSpace > start) {
    folded.push(line.slice(start, lastSpace))
    start = lastSpace
  }
  folded.push(line.slice(start))
  if (folded.some((part) => part.length > LONGEST_LINE)) {
    throw new MailInputError(
      'header_too_long',
      `headers.${name}`,
      'a word of it does not fit on a line of 998 characters',
    )
  }
  return folded.join('\r\n')
}
