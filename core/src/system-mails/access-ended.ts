import type { Language } from '../languages.ts'
import type { About, UserMailWords } from '../user-mails/kind.ts'

const counted = ['apiKeys', 'users', 'sessions', 'secondFactors', 'addresses'] as const
type Counted = (typeof counted)[number]

/** Tells whoever has just proven an address what had been made in its name before, and has ended. */
export function accessEndedMail({ language, platform, at, happenedAt, facts }: About): UserMailWords {
  const { labels, says } = words[language]
  const ended = counted.filter((name) => Number(facts[name] ?? 0) > 0)
  return {
    ...says({ platform, when: at(happenedAt) }),
    facts: ended.map((name) => ({ label: labels[name], value: facts[name] ?? '' })),
    action: null,
  }
}

interface Words {
  says(about: Record<'platform' | 'when', string>): Omit<UserMailWords, 'action' | 'facts'>
  labels: Record<Counted, string>
}

const en: Words = {
  says: ({ platform, when }) => ({
    subject: 'Earlier access to your account has ended',
    preview: 'You proved that the address is yours. What was made before no longer works.',
    title: 'Earlier access to your account has ended',
    paragraphs: [
      `You proved that this address is yours (${when}), without the password that the account was opened with on ${platform}. Somebody else may have opened it, so everything that gave access before has ended:`,
    ],
    notes: [
      'If the account is new to you, look at what it holds before you use it, and at its audit log.',
      'If you opened it yourself, create new API keys, and reactivate the users whom you know.',
    ],
  }),
  labels: {
    apiKeys: 'API keys revoked',
    users: 'Users deactivated',
    sessions: 'Sessions ended',
    secondFactors: 'Second factors removed',
    addresses: 'Allowed addresses and origins removed',
  },
}

// no-break spaces before French punctuation: invisible here, and meant
const fr: Words = {
  says: ({ platform, when }) => ({
    subject: 'Les accès antérieurs à votre compte ont pris fin',
    preview: 'Vous avez prouvé que l’adresse est à vous. Ce qui a été créé avant ne fonctionne plus.',
    title: 'Les accès antérieurs à votre compte ont pris fin',
    paragraphs: [
      `Vous avez prouvé que cette adresse est à vous (${when}), sans le mot de passe choisi à l’ouverture du compte sur ${platform}. Quelqu’un d’autre a pu l’ouvrir : tout ce qui y donnait accès a donc pris fin.`,
    ],
    notes: [
      'Si vous ne connaissez pas ce compte, regardez ce qu’il contient avant de l’utiliser, et consultez son journal d’audit.',
      'Si vous l’avez ouvert vous-même, créez de nouvelles clés d’API et réactivez les utilisateurs que vous connaissez.',
    ],
  }),
  labels: {
    apiKeys: 'Clés d’API révoquées',
    users: 'Utilisateurs désactivés',
    sessions: 'Sessions terminées',
    secondFactors: 'Seconds facteurs supprimés',
    addresses: 'Adresses et origines autorisées supprimées',
  },
}

const words: Record<Language, Words> = { en, fr }
