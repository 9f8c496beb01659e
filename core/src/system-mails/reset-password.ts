import type { Language } from '../languages.ts'
import type { About, UserMailWords } from '../user-mails/kind.ts'
import { callToAction } from './call-to-action.ts'

/** Leads to the page where a new password is chosen. Anybody can ask for it who knows the address. */
export function resetPasswordMail(
  { language, platform, at }: About,
  { url, until }: { url: string; until: Date },
): UserMailWords {
  const { label, ...w } = words[language]({ platform, until: at(until) })
  return { ...w, action: callToAction(language, label, url) }
}

type Words = Omit<UserMailWords, 'action'> & { label: string }

const en = ({ platform, until }: Record<'platform' | 'until', string>): Words => ({
  subject: 'Choose a new password',
  preview: 'If you did not ask for it, there is nothing to do.',
  title: 'Choose a new password',
  paragraphs: [
    `Somebody, most likely you, asked for a new password for your access to ${platform}.`,
    'When you have chosen it, all your open sessions end.',
  ],
  label: 'Choose a new password',
  notes: [
    `The link works once, until ${until}. Nobody will ever ask you for it.`,
    'You did not ask for it? Then do nothing: your password stays as it is.',
  ],
})

const fr: typeof en = ({ platform, until }) => ({
  subject: 'Choisissez un nouveau mot de passe',
  preview: 'Si vous ne l’avez pas demandé, il n’y a rien à faire.',
  title: 'Choisissez un nouveau mot de passe',
  paragraphs: [
    `Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour votre accès à ${platform}.`,
    'Une fois qu’il sera choisi, toutes vos sessions ouvertes prendront fin.',
  ],
  label: 'Choisir un nouveau mot de passe',
  notes: [
    `Le lien fonctionne une seule fois, jusqu’au ${until}. Personne ne vous le demandera jamais.`,
    'Vous ne l’avez pas demandé ? Ne faites rien : votre mot de passe reste le même.',
  ],
})

const words: Record<Language, typeof en> = { en, fr }
