/**
 * HTML and MJML parsers do not know Liquid: the quotes in `href="{{ url | default: "/" }}"` end the attribute, the `<` in
 * `{% if a < b %}` opens a tag. So tags and outputs are masked before markup is parsed and put back afterwards: each one becomes
 * its number between two noncharacters (U+FDD0 and U+FDD1, which no text may contain in interchange), which every parser takes
 * for letters of a word.
 */
import { ContentError, type ContentPart, positionAt } from './content-error.ts'
import type { LiquidToken } from './liquid.ts'

const MASK = /\uFDD0(\d+)\uFDD1/g
const NONCHARACTER = /[\uFDD0\uFDD1]/

/** A source whose Liquid is masked, and what the masks stand for. */
export interface Masked {
  markup: string
  tokens: readonly (LiquidToken & { text: string })[]
}

export function maskLiquid(part: ContentPart, source: string, tokens: readonly LiquidToken[]): Masked {
  const stray = source.search(NONCHARACTER)
  if (stray !== -1) throw new ContentError(part, 'noncharacter U+FDD0 or U+FDD1', positionAt(source, stray))
  let markup = ''
  let last = 0
  for (const [number, { begin, end }] of tokens.entries()) {
    markup += `${source.slice(last, begin)}\uFDD0${number}\uFDD1`
    last = end
  }
  markup += source.slice(last)
  return { markup, tokens: tokens.map((token) => ({ ...token, text: source.slice(token.begin, token.end) })) }
}

/** Puts the Liquid back. */
export function unmaskLiquid(markup: string, { tokens }: Masked): string {
  return markup.replace(MASK, (_, number: string) => tokens[Number(number)]?.text ?? '')
}

/** The source with its Liquid blanked out: same offsets, same lines. */
export function blankLiquid(source: string, { tokens }: Masked): string {
  let blanked = ''
  let last = 0
  for (const { begin, end, text } of tokens) {
    blanked += source.slice(last, begin) + text.replace(/[^\n]/g, ' ')
    last = end
  }
  return blanked + source.slice(last)
}

export function withoutMasks(markup: string): string {
  return markup.replace(MASK, '')
}

/** The tokens that a transformation of the markup has lost. */
export function lostTokens(markup: string, { tokens }: Masked): Masked['tokens'] {
  const kept = new Set([...markup.matchAll(MASK)].map(([, number]) => Number(number)))
  return tokens.filter((_, number) => !kept.has(number))
}

/** Ranges of the markup between `{% raw %}` and `{% endraw %}`, where Liquid means nothing. */
export function rawRanges(markup: string, { tokens }: Masked): { begin: number; end: number }[] {
  const ranges: { begin: number; end: number }[] = []
  let begin = -1
  for (const match of markup.matchAll(MASK)) {
    const tag = tokens[Number(match[1])]?.tag
    if (tag === 'raw') begin = match.index
    if (tag === 'endraw' && begin !== -1) ranges.push({ begin, end: match.index })
  }
  return ranges
}
