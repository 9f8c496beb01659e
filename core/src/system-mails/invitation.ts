import type { Language } from '../languages.ts'
import type { About, UserMailWords } from '../user-mails/kind.ts'
import { callToAction } from './call-to-action.ts'
import { harmlessName } from './harmless-name.ts'

/** Invites somebody to work in an account. Of what others typed only its name is in it, made harmless. */
export function invitationMail(
  { language, platform, at, account }: About,
  { url, until }: { url: string; until: Date },
): UserMailWords {
  const { label, ...w } = words[language]({ platform, until: at(until), account: harmlessName(account) })
  return { ...w, action: callToAction(language, label, url) }
}

type Words = Omit<UserMailWords, 'action'> & { label: string }

const en = ({ platform, account, until }: Record<'platform' | 'account' | 'until', string>): Words => ({
  subject: `Invitation to “${account}”`,
  preview: `Choose your password to work in its account on ${platform}.`,
  title: 'You are invited',
  paragraphs: [
    `“${account}” invites you to work in its account on ${platform}, from which it writes to its contacts.`,
    'To accept, say who you are and choose your password.',
  ],
  label: 'Accept the invitation',
  notes: [
    `The link works until ${until}. It is yours alone: do not pass this mail on.`,
    'You do not know who this is? Then do nothing: unless you accept, you have no access, and nobody has one in your name.',
  ],
})

const fr: typeof en = ({ platform, account, until }) => ({
  subject: `Invitation à rejoindre « ${account} »`,
  preview: `Choisissez votre mot de passe pour travailler dans son compte sur ${platform}.`,
  title: 'Une invitation pour vous',
  paragraphs: [
    `« ${account} » vous invite à travailler dans son compte sur ${platform}, d’où partent ses messages à ses contacts.`,
    'Pour accepter, dites qui vous êtes et choisissez votre mot de passe.',
  ],
  label: 'Accepter l’invitation',
  notes: [
    `Le lien fonctionne jusqu’au ${until}. Il est pour vous seul : ne transférez pas ce message.`,
    'Vous ne savez pas de qui il s’agit ? Ne faites rien : si vous n’acceptez pas, vous n’avez aucun accès, et personne n’en a en votre nom.',
  ],
})

const words: Record<Language, typeof en> = { en, fr }
