import type { Language } from '../languages.ts'
import type { About, UserMailWords } from '../user-mails/kind.ts'

/** Whose second factors were removed, and by whom, when it is told. */
export interface ResetFactors {
  email: string
  /** The address of who did it; null when they, or the maker of their key, are gone. */
  by: string | null
  /** Told to the user themselves. */
  isOwn: boolean
}

/** Tells a user, and those who answer for the account, that the user's second factors were removed. */
export function secondFactorsResetMail(
  { language, at, happenedAt }: About,
  { email, by, isOwn }: ResetFactors,
): UserMailWords {
  const { own, others, labels, unknown } = words[language]
  return {
    ...(isOwn ? own : others),
    facts: [
      { label: labels.user, value: email },
      { label: labels.by, value: by ?? unknown },
      { label: labels.time, value: at(happenedAt) },
    ],
    action: null,
  }
}

type Text = Omit<UserMailWords, 'action' | 'facts'>

interface Words {
  own: Text
  others: Text
  labels: Record<'user' | 'by' | 'time', string>
  unknown: string
}

const en: Words = {
  own: {
    subject: 'Your second factors were removed',
    preview: 'Choose a new password, then set up a new second factor.',
    title: 'Your second factors were removed',
    paragraphs: [
      'Somebody who manages the users of your account has removed your second factors. Your sessions have ended, and your password no longer works.',
      'Another mail has a link to choose a new password. If the link has expired, ask for one on the page where you log in. Then set up a new second factor.',
    ],
    notes: ['You did not ask for this? Tell an owner of your account before you log in.'],
  },
  others: {
    subject: 'The second factors of a user were removed',
    preview: 'If you know why, there is nothing to do.',
    title: 'The second factors of a user were removed',
    paragraphs: [
      'Somebody who manages the users of your account has removed the second factors of a user. The user has to choose a new password by mail, and to set up a new second factor before anything else.',
    ],
    notes: [
      'You do not know why? Ask both people. If in doubt, deactivate the user, and look at the audit log.',
    ],
  },
  labels: { user: 'User', by: 'Removed by', time: 'Time' },
  unknown: 'unknown',
}

// no-break spaces before French punctuation: invisible here, and meant
const fr: Words = {
  own: {
    subject: 'Vos seconds facteurs ont été supprimés',
    preview: 'Choisissez un nouveau mot de passe, puis configurez un nouveau second facteur.',
    title: 'Vos seconds facteurs ont été supprimés',
    paragraphs: [
      'Une personne qui gère les utilisateurs de votre compte a supprimé vos seconds facteurs. Vos sessions ont pris fin et votre mot de passe ne fonctionne plus.',
      'Un autre message contient un lien pour choisir un nouveau mot de passe. Si ce lien a expiré, demandez-en un là où vous vous connectez. Configurez ensuite un nouveau second facteur.',
    ],
    notes: ['Vous n’avez rien demandé ? Prévenez un propriétaire de votre compte avant de vous connecter.'],
  },
  others: {
    subject: 'Les seconds facteurs d’un utilisateur ont été supprimés',
    preview: 'Si vous savez pourquoi, il n’y a rien à faire.',
    title: 'Les seconds facteurs d’un utilisateur ont été supprimés',
    paragraphs: [
      'Une personne qui gère les utilisateurs de votre compte a supprimé les seconds facteurs d’un utilisateur. Celui-ci doit choisir un nouveau mot de passe par message, puis configurer un nouveau second facteur avant toute autre chose.',
    ],
    notes: [
      'Vous ne savez pas pourquoi ? Interrogez les deux personnes. Dans le doute, désactivez l’utilisateur et consultez le journal d’audit.',
    ],
  },
  labels: { user: 'Utilisateur', by: 'Supprimés par', time: 'Date' },
  unknown: 'inconnu',
}

const words: Record<Language, Words> = { en, fr }
