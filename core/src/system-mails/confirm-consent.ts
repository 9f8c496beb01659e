import type { Language } from '../languages.ts'
import { plainName } from '../plain-name.ts'
import { callToAction } from './call-to-action.ts'
import type { SystemMail } from './system-mail.ts'

/** The second step of a double opt-in: asks the holder of a mailbox whether it was them. */
export function confirmConsentMail(
  language: Language,
  about: {
    account: { name: string; legal: unknown; timezone: string }
    purpose: { name: string }
    /** The page where it is confirmed. */
    url: string
    /** When the link stops working. */
    until: Date
  },
): SystemMail {
  const { account, url, until } = about
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: account.timezone }).format(
    until,
  )
  const { label, ...w } = words[language]({
    account: plainName(account),
    purpose: plainName(about.purpose),
    date,
  })
  return { language, author: account, ...w, action: callToAction(language, label, url) }
}

type Words = Pick<SystemMail, 'subject' | 'preview' | 'title' | 'paragraphs' | 'notes'> & {
  label: string
}

const en = ({ account, purpose, date }: Record<'account' | 'purpose' | 'date', string>): Words => ({
  subject: `Please confirm: “${purpose}”`,
  preview: 'One step is left. If it was not you, there is nothing to do.',
  title: 'Is it you?',
  paragraphs: [
    `Somebody, most likely you, asked ${account} to send “${purpose}” to this address.`,
    'To make sure that nobody signs you up without your knowledge, we need your confirmation.',
  ],
  label: 'Yes, it is me',
  notes: [
    `The link works until ${date}. The page that it opens asks you once more.`,
    `You did not ask for anything? Then do nothing: without your confirmation, nothing will be sent to you.`,
  ],
})

// no-break spaces before French punctuation and inside quotes: invisible here, and meant
const fr: typeof en = ({ account, purpose, date }) => ({
  subject: `Confirmez votre inscription : « ${purpose} »`,
  preview: 'Il ne manque qu’une étape. Si ce n’est pas vous, il n’y a rien à faire.',
  title: 'C’est bien vous ?',
  paragraphs: [
    `Quelqu’un, sans doute vous, a demandé à ${account} d’envoyer « ${purpose} » à cette adresse.`,
    'Pour que personne ne puisse vous inscrire à votre insu, nous avons besoin de votre confirmation.',
  ],
  label: 'Oui, c’est bien moi',
  notes: [
    `Le lien fonctionne jusqu’au ${date}. La page qu’il ouvre vous demande une dernière fois votre accord.`,
    'Vous n’avez rien demandé ? Ne faites rien : sans votre confirmation, rien ne vous sera envoyé.',
  ],
})

const words: Record<Language, typeof en> = { en, fr }
