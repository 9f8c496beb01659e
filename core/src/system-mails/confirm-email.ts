import type { Language } from '../languages.ts'
import type { About, UserMailWords } from '../user-mails/kind.ts'
import { callToAction } from './call-to-action.ts'

/** Asks the holder of a mailbox whether an account was opened by them. It names neither the account nor the person: both were typed. */
export function confirmEmailMail(
  { language, platform, at }: About,
  { url, until }: { url: string; until: Date },
): UserMailWords {
  const { label, ...w } = words[language]({ platform, until: at(until) })
  return { ...w, action: callToAction(language, label, url) }
}

type Words = Omit<UserMailWords, 'action'> & { label: string }

const en = ({ platform, until }: Record<'platform' | 'until', string>): Words => ({
  subject: 'Please confirm your address',
  preview: `It is the one of your access to ${platform}.`,
  title: 'Confirm your address',
  paragraphs: [
    `Somebody, most likely you, opened an account on ${platform} with this address.`,
    'Confirm that it is yours: what concerns the account, such as a new password, will be sent here.',
  ],
  label: 'Confirm my address',
  notes: [
    `The link works until ${until}. The page that it opens asks for the password of the account.`,
    'You opened no account? Then do nothing: without your confirmation, the address counts as nobody’s.',
  ],
})

const fr: typeof en = ({ platform, until }) => ({
  subject: 'Confirmez votre adresse',
  preview: `C’est celle de votre accès à ${platform}.`,
  title: 'Confirmez votre adresse',
  paragraphs: [
    `Quelqu’un, sans doute vous, a ouvert un compte sur ${platform} avec cette adresse.`,
    'Confirmez qu’elle est à vous : ce qui concerne le compte, comme un nouveau mot de passe, y sera envoyé.',
  ],
  label: 'Confirmer mon adresse',
  notes: [
    `Le lien fonctionne jusqu’au ${until}. La page qu’il ouvre vous demande le mot de passe du compte.`,
    'Vous n’avez pas ouvert de compte ? Ne faites rien : sans votre confirmation, l’adresse n’est celle de personne.',
  ],
})

const words: Record<Language, typeof en> = { en, fr }
