/** Addresses that a style sheet loads. */

const loading = /url\([^)]*\)?|@import[^;]*|image-set\([^)]*\)?|\bsrc\([^)]*\)?/gi
/** What stands in the message itself. */
const inline = /^url\(\s{0,9}["']?\s{0,9}(?:data:|cid:|#)/i
/** Fonts that MJML asks for by itself. */
const fonts = /^(?:url\(|@import\s{1,9}(?:url\()?)\s{0,9}["']?https:\/\/fonts\.googleapis\.com\//i

/** Where they stand; all of the text when it is written so that one cannot tell. */
export function cssLoads(text: string): { begin: number; end: number }[] {
  const found = rangesIn(text)
  const read = rangesIn(decoded(text))
  return read.length === found.length ? found : [{ begin: 0, end: text.length }]
}

/**
 * What tells a sheet about values of attributes, or about texts: whether they are empty, how long they are, which letters they have.
 * Classes, ids and types hold nothing personal when the message leaves.
 */
const reading =
  /\[(?!\s*(?:class|id|type)\s*[~|^$*]?=)[^[\]=]*=|:\s*(?:lang|dir|empty|read-only|read-write|placeholder-shown|valid|invalid|in-range|out-of-range)\b|unicode-range|@container/i

/** Whether a sheet may load something, or not, by what the message says to its reader. */
export const readsMessage = (text: string) => reading.test(text) || reading.test(decoded(text))

/** Whether a sheet brings in others, of which nobody knows what they read. */
export const importsSheets = (text: string) => rangesIn(text).some(({ begin }) => text[begin] === '@')

function rangesIn(text: string): { begin: number; end: number }[] {
  return [...text.matchAll(loading)]
    .filter(({ 0: one }) => !inline.test(one) && !fonts.test(one))
    .map(({ 0: one, index }) => ({ begin: index, end: index + one.length }))
}

/** Without escapes (CSS Syntax level 3, §4.3.7) and comments. */
function decoded(text: string): string {
  return text
    .split('/*')
    .map((piece, at) => (at === 0 ? piece : afterComment(piece)))
    .join('')
    .replace(/\\([0-9a-f]{1,6})\s?/gi, (_, code: string) => character(Number.parseInt(code, 16)))
    .replace(/\\(.)/g, '$1')
}

function afterComment(piece: string): string {
  const end = piece.indexOf('*/')
  return end === -1 ? '' : piece.slice(end + 2)
}

const character = (code: number) => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '')
