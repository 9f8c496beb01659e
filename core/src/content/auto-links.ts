/**
 * Addresses that stand in running text: mail programs make links of them, with a scheme or without. A word is looked at as it may be put
 * out, with what its author has put together by Liquid.
 */
import { decodeHTML } from 'entities'
import type { ConditionalRanges } from './conditional-ranges.ts'
import { hasHost, isLinkLike, linkLike } from './link-like.ts'
import type { MadeUpText } from './made-up-text.ts'
import { type Masked, unmaskLiquid } from './mask-liquid.ts'
import { wordPieces } from './word-pieces.ts'

/**
 * Something to gate. `how`: `nobody` blanks the contact's data in it, `gone` leaves it out, `unlinked` keeps the text, but not
 * the link.
 */
export interface Stretch {
  begin: number
  end: number
  how: 'nobody' | 'gone' | 'unlinked'
}

const word = /[^\s<>"]+/g
const mask = /\uFDD0(\d+)\uFDD1/g
/** Stands for space that Liquid takes away. */
const noSpace = '\uFDD2'

export interface Running {
  masked: Masked
  madeUp: MadeUpText
  /** Numbers of tokens that depend on the contact. */
  personal: ReadonlySet<number>
  conditional: ConditionalRanges
}

/** Finds them in a run of text, whose pieces stand at other places of the markup. */
export function linkStretches(pieces: readonly { begin: number; end: number }[], known: Running): Stretch[] {
  const { markup } = known.masked
  const text = withoutTrimmed(pieces.map(({ begin, end }) => markup.slice(begin, end)).join(''), known.masked)
  const found: Stretch[] = []
  for (const { 0: one, index } of text.matchAll(word)) {
    for (const piece of wordPieces(one, known.masked)) {
      const link = linkIn(piece.path, known)
      // what comes before an address in its word is no part of it
      const from = Math.max(piece.begin, piece.begin + (link?.from ?? 0) - piece.before)
      if (link === null || from >= piece.end) continue
      for (const range of onMarkup(pieces, index + from, index + piece.end))
        found.push(...stretchesOf(range, link.isBare, known))
    }
  }
  return found
}

/** Where a link with a fixed address stands, to compare it with others. */
export function fixedLinks(masked: Masked, { begin, end }: { begin: number; end: number }) {
  return [...masked.markup.slice(begin, end).matchAll(word)].flatMap(({ 0: one, index }) =>
    one
      .split(mask)
      .filter((_, at) => at % 2 === 0)
      .filter((piece) => linkLike.test(piece))
      .map((piece) => ({ at: begin + index + one.indexOf(piece), address: fixedAddress(piece) })),
  )
}

export const fixedAddress = (piece: string) => `text ${piece.slice(0, wordEnd(piece))}`

/** Without the punctuation that ends a sentence. */
function wordEnd(one: string): number {
  let end = one.length
  while (end > 0 && ').,;:!?]'.includes(one[end - 1] ?? '')) end--
  return end
}

/** Splits a range of a run by the pieces it is made of. */
function* onMarkup(pieces: readonly { begin: number; end: number }[], begin: number, end: number) {
  let passed = 0
  for (const piece of pieces) {
    const length = piece.end - piece.begin
    const from = Math.max(begin - passed, 0)
    const to = Math.min(end - passed, length)
    if (from < to) yield { begin: piece.begin + from, end: piece.begin + to }
    passed += length
  }
}

function* stretchesOf(
  { begin, end }: { begin: number; end: number },
  isBare: boolean,
  { masked, personal, conditional }: Running,
): Generator<Stretch> {
  const text = masked.markup.slice(begin, end)
  const until = begin + wordEnd(text)
  if (until <= begin) return
  const literal = masked.markup.slice(begin, until)
  const isFree = () => conditional.isForEverybody({ at: begin, address: fixedAddress(literal) })
  if (conditional.overlaps(begin, until) && !isFree()) {
    yield { begin, end: until, how: isBare && !literal.includes('\uFDD0') ? 'unlinked' : 'gone' }
    return
  }
  for (const { 0: written, 1: number, index } of text.matchAll(mask)) {
    if (!personal.has(Number(number))) continue
    const tag = masked.tokens[Number(number)]?.tag ?? null
    const how = tag === null || tag === 'echo' ? 'nobody' : 'gone'
    yield { begin: begin + index, end: begin + index + written.length, how }
  }
}

/** Where an address begins in a word. One without a scheme, or that comes out of entities or of Liquid, is the whole word. */
function linkIn(one: string, { masked, madeUp }: Running): { from: number; isBare: boolean } | null {
  const from = one.search(linkLike)
  if (from !== -1) return { from: one[from] === '.' ? 0 : from, isBare: false }
  const written = madeUp.expand(one).replaceAll(noSpace, '')
  const decoded = [written, decodeHTML(written), decodeHTML(unmaskLiquid(one, masked))]
  if (decoded.some(isLinkLike)) return { from: 0, isBare: false }
  return decoded.slice(0, 2).some(hasHost) ? { from: 0, isBare: true } : null
}

/** The space that `{{-` and `-}}` take away ends no word. */
function withoutTrimmed(text: string, { tokens }: Masked): string {
  const parts = text.split(mask)
  for (let at = 1; at < parts.length; at += 2) {
    const written = tokens[Number(parts[at])]?.text ?? ''
    const before = parts[at - 1] ?? ''
    const after = parts[at + 1] ?? ''
    if (/^\{[{%]-/.test(written)) parts[at - 1] = before.trimEnd().padEnd(before.length, noSpace)
    if (/-[}%]\}$/.test(written)) parts[at + 1] = after.trimStart().padStart(after.length, noSpace)
  }
  return parts.map((one, at) => (at % 2 === 1 ? `\uFDD0${one}\uFDD1` : one)).join('')
}
