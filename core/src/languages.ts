/** The languages of the public pages and of the platform's own mail. */
export const languages = ['fr', 'en'] as const

export type Language = (typeof languages)[number]

const isLanguage = (text: string): text is Language => languages.some((language) => language === text)

/** The first of these locales (BCP 47) that is spoken here, in the order of what matters; else English. */
export function languageOfLocales(locales: readonly (string | null | undefined)[]): Language {
  return locales.map((tag) => tag?.slice(0, 2).toLowerCase() ?? '').find(isLanguage) ?? 'en'
}
