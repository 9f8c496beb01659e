import { type Language, languageOfLocales } from '@envoi/core/languages'

/** That of the link when the person chose one, else of the contact, else of the browser, else of the account, else English. */
export function languageOf(of: {
  chosen?: string
  contact?: string | null
  acceptLanguage?: string
  account?: string
}): Language {
  const accepted = (of.acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', quality] = part.trim().split(/\s*;\s*q=/)
      return { tag, quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag)
  return languageOfLocales([of.chosen, of.contact, ...accepted, of.account])
}
