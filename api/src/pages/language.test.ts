import { expect, test } from 'vitest'
import { languageOf } from './language.ts'

test.each([
  [{ chosen: 'en', contact: 'fr-FR' }, 'en'],
  [{ chosen: 'de', contact: 'fr-FR' }, 'fr'],
  [{ contact: 'fr-CA', acceptLanguage: 'en' }, 'fr'],
  [{ contact: null, acceptLanguage: 'de, en;q=0.3, fr;q=0.7' }, 'fr'],
  [{ contact: 'de-DE', acceptLanguage: 'en-GB,en;q=0.9' }, 'en'],
  [{ acceptLanguage: 'fr;q=0, en;q=0.1' }, 'en'],
  [{ acceptLanguage: 'de', account: 'fr-FR' }, 'fr'],
  [{ acceptLanguage: ';;,q=,\u0000' }, 'en'],
  [{}, 'en'],
] as const)('%o is read in %s', (of, language) => {
  expect(languageOf(of)).toBe(language)
})
