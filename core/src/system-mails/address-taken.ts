import type { Language } from '../languages.ts'
import type { About, UserMailWords } from '../user-mails/kind.ts'

/**
 * Tells who has a login that somebody has tried to open an account with their address. It stands in for the mail that asks to
 * confirm it, and like that one names neither the account nor the person: both were typed by anybody.
 */
export function addressTakenMail({ language, platform, at, happenedAt }: About): UserMailWords {
  return { ...words[language]({ platform, when: at(happenedAt) }), action: null }
}

const en = ({ platform, when }: Record<'platform' | 'when', string>): Omit<UserMailWords, 'action'> => ({
  subject: 'You have an access already',
  preview: 'Somebody has tried to open an account with your address.',
  title: 'You have an access already',
  paragraphs: [
    `Somebody, perhaps you, has tried to open an account on ${platform} with this address (${when}). You have an access with it already, and it has not changed: log in with your address and your password.`,
    'You do not know the password any more? Ask for a new one where you log in.',
  ],
  notes: [
    'A person has one access. For another account, use another address.',
    'It was not you? There is nothing to do: whoever it was has not learnt that you have an access, and can do nothing in your name.',
  ],
})

const fr: typeof en = ({ platform, when }) => ({
  subject: 'Vous avez déjà un accès',
  preview: 'Quelqu’un a voulu ouvrir un compte avec votre adresse.',
  title: 'Vous avez déjà un accès',
  paragraphs: [
    `Quelqu’un, peut-être vous, a voulu ouvrir un compte sur ${platform} avec cette adresse (${when}). Vous y avez déjà un accès, et rien n’y a changé : connectez-vous avec votre adresse et votre mot de passe.`,
    'Vous ne connaissez plus le mot de passe ? Demandez-en un nouveau là où vous vous connectez.',
  ],
  notes: [
    'Une personne a un seul accès. Pour un autre compte, prenez une autre adresse.',
    'Ce n’était pas vous ? Il n’y a rien à faire : personne n’a appris que vous avez un accès, et personne ne peut agir en votre nom.',
  ],
})

const words: Record<Language, typeof en> = { en, fr }
