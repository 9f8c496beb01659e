import { type Language, languageOfLocales } from '@envoi/core/languages'

/** That of the link when the person chose one, else of the contact, else of the browser, else of the account, else English. */
export function languageOf(of: {
  chosen?: string
  contact?: string | null
  acceptLanguage?: string
  account?: string
}): Language {
  return languageOfLocales([of.chosen, of.contact, ...acceptedLanguages(of.acceptLanguage ?? ''), of.account])
}

/** Browsers list a handful. */
const mostRanges = 20

/**
 * What `Accept-Language` asks for, in its order of preference (RFC 9110, section 12.5.4). Each character is read a bounded number
 * of times.
 */
function acceptedLanguages(header: string): string[] {
  return header
    .split(',', mostRanges)
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim())
      const weight = parameters.find((parameter) => /^q=/i.test(parameter))
      return { tag, quality: weight === undefined ? 1 : Number(weight.slice(2)) }
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)
}
