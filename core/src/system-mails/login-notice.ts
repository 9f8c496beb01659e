import type { Language } from '../languages.ts'
import type { About, UserMailWords } from '../user-mails/kind.ts'

/** What is known of a login when it is told. */
export interface NoticedLogin {
  /** Whose it was. */
  email: string
  createdAt: Date
  address: string | null
  /** In words of ours: what a program calls itself, anybody can choose. */
  device: string | null
  newDevice: boolean
}

/** Tells those who answer for an account that somebody has logged in: who, when, from where, with what. */
export function loginNoticeMail({ language, platform, at }: About, login: NoticedLogin): UserMailWords {
  const w = words[language]
  const device = login.device ?? w.unknown
  return {
    ...w.says(platform),
    facts: [
      { label: w.labels.user, value: login.email },
      { label: w.labels.time, value: at(login.createdAt) },
      { label: w.labels.address, value: login.address ?? w.unknown },
      { label: w.labels.device, value: login.newDevice ? `${device} (${w.isNew})` : device },
    ],
    action: null,
  }
}

interface Words {
  says(platform: string): Omit<UserMailWords, 'action' | 'facts'>
  labels: Record<'user' | 'time' | 'address' | 'device', string>
  unknown: string
  isNew: string
}

const en: Words = {
  says: (platform) => ({
    subject: 'Somebody has logged in',
    preview: 'If you know who it was, there is nothing to do.',
    title: 'Somebody has logged in',
    paragraphs: [`A user of your account on ${platform} has logged in.`],
    notes: [
      'You do not know this login? End the session, change the password of this user, and look at the audit log.',
      'You receive this because your account asks for a mail at each login. Its security settings say so.',
    ],
  }),
  labels: { user: 'User', time: 'Time', address: 'Network address', device: 'Device' },
  unknown: 'unknown',
  isNew: 'new',
}

// no-break spaces before French punctuation: invisible here, and meant
const fr: Words = {
  says: (platform) => ({
    subject: 'Nouvelle connexion',
    preview: 'Si vous savez de qui il s’agit, il n’y a rien à faire.',
    title: 'Nouvelle connexion',
    paragraphs: [`Un utilisateur de votre compte sur ${platform} vient de se connecter.`],
    notes: [
      'Cette connexion ne vous dit rien ? Mettez fin à la session, changez le mot de passe de cet utilisateur et consultez le journal d’audit.',
      'Vous recevez ce message parce que votre compte demande un message à chaque connexion, dans ses réglages de sécurité.',
    ],
  }),
  labels: { user: 'Utilisateur', time: 'Date', address: 'Adresse réseau', device: 'Appareil' },
  unknown: 'inconnu',
  isNew: 'nouveau',
}

const words: Record<Language, Words> = { en, fr }
