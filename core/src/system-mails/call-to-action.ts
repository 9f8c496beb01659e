import type { Language } from '../languages.ts'
import type { SystemMail } from './system-mail.ts'

// no-break spaces before French punctuation: invisible here, and meant
const otherwise: Record<Language, string> = {
  en: 'If the button does not work, copy this address into your browser:',
  fr: 'Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :',
}

/** The one thing that can be done about a mail. */
export const callToAction = (
  language: Language,
  label: string,
  url: string,
): NonNullable<SystemMail['action']> => ({ label, url, otherwise: otherwise[language] })
