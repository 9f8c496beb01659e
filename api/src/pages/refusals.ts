import { html } from '@envoi/core/html'
import { type Language, languages } from '@envoi/core/languages'
import { layout } from './layout.ts'
import { words } from './words.ts'

export type Refusal = 'notFound' | 'tooMany' | 'failed'

/** Written once: whoever is refused costs no more than the bytes of the answer. */
export const refusals = Object.fromEntries(
  languages.map((language) => [
    language,
    {
      notFound: page(language, 'notFound'),
      tooMany: page(language, 'tooMany'),
      failed: page(language, 'failed'),
    },
  ]),
) as Record<Language, Record<Refusal, string>>

function page(language: Language, reason: Refusal): string {
  const { title, text } = words[language][reason]
  return layout({ status: 200, language, title, content: html`<p>${text}</p>`, account: null })
}
