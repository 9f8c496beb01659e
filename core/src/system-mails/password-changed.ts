import type { Language } from '../languages.ts'
import type { About, UserMailWords } from '../user-mails/kind.ts'

/** Tells the holder of an access that its password is another (NIST SP 800-63B-4, section 4.6: the subscriber is told). */
export function passwordChangedMail({ language, platform, at, happenedAt }: About): UserMailWords {
  return { ...words[language]({ platform, when: at(happenedAt) }), action: null }
}

const en = ({ platform, when }: Record<'platform' | 'when', string>): Omit<UserMailWords, 'action'> => ({
  subject: 'Your password was changed',
  preview: 'If it was you, there is nothing to do.',
  title: 'Your password was changed',
  paragraphs: [
    `The password of your access to ${platform} is a new one (${when}). Your other sessions have ended.`,
    'If it was you, there is nothing to do.',
  ],
  notes: [
    'It was not you? Ask for a new password at once on the page where you log in, and tell an administrator of your account.',
  ],
})

const fr: typeof en = ({ platform, when }) => ({
  subject: 'Votre mot de passe a été changé',
  preview: 'Si c’était vous, il n’y a rien à faire.',
  title: 'Votre mot de passe a été changé',
  paragraphs: [
    `Le mot de passe de votre accès à ${platform} n’est plus le même (${when}). Vos autres sessions ont pris fin.`,
    'Si c’était vous, il n’y a rien à faire.',
  ],
  notes: [
    'Ce n’était pas vous ? Demandez tout de suite un nouveau mot de passe là où vous vous connectez, et prévenez un administrateur de votre compte.',
  ],
})

const words: Record<Language, typeof en> = { en, fr }
