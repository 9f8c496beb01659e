import { convert } from 'html-to-text'
import { withoutIdentifyingAddresses } from './identifying-addresses.ts'
import { LIMITS } from './limits.ts'
import { lostTokens, type Masked, unmaskLiquid } from './mask-liquid.ts'

/** Tags that change what later outputs show; they must survive even where they stand in something text does not show. */
const ASSIGNING = new Set(['assign', 'increment', 'decrement'])

/**
 * Writes the plain text of an HTML template, as a template: its Liquid is kept, so each recipient's text says what their HTML says.
 * Links keep their own addresses (in angle brackets, RFC 3986 appendix C) and are never tracked; images are left out.
 */
export function deriveText(masked: Masked): string {
  const text = convert(masked.markup, {
    wordwrap: false,
    limits: { maxInputLength: LIMITS.compiledHtml * 2 },
    selectors: [
      { selector: 'img', format: 'skip' },
      {
        selector: 'a',
        options: { linkBrackets: ['<', '>'], hideLinkHrefIfSameAsText: true, noAnchorUrl: true },
      },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
    ],
  })
  const assigning = lostTokens(text, masked).filter(({ tag }) => tag !== null && ASSIGNING.has(tag))
  return (
    assigning.map((token) => token.text).join('') +
    unmaskLiquid(withoutIdentifyingAddresses('text', { ...masked, markup: text }).source, masked)
  )
}
