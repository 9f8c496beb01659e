import type { AccountClosure } from '@envoi/prisma'
import type { Language } from '../languages.ts'
import type { About, UserMailWords } from '../user-mails/kind.ts'
import { harmlessName } from './harmless-name.ts'

/**
 * The closing of an account, for those who answer for it: that it has begun, was called back, or is done. The last one is the receipt,
 * since nobody can log in to read it any more.
 */
export async function accountClosureMail(about: About): Promise<UserMailWords | { stays: string }> {
  const { context, account, facts, language, platform, at } = about
  const closure = await context.db.accountClosure.findUnique({
    where: { accountId_id: { ...context.scope, id: facts.closure ?? '' } },
  })
  const step = steps.find((known) => known === facts.step)
  if (closure === null || step === undefined || (step === 'requested' && closure.status !== 'cooling'))
    return { stays: 'superseded' }
  const says = words[language][step]({
    account: harmlessName(account),
    platform,
    closesAt: at(closure.closesAt),
    destroyAt: closure.destroyAt === null ? '' : at(closure.destroyAt),
  })
  const particulars = step === 'archived' ? receipt(closure, account.id, language) : undefined
  return { ...says, ...(particulars === undefined ? {} : { facts: particulars }), action: null }
}

const steps = ['requested', 'cancelled', 'archived'] as const

function receipt(
  { id, archiveBytes, archiveSha256, deleted }: AccountClosure,
  accountId: string,
  language: Language,
) {
  const label = receiptLabels[language]
  const rows = Object.entries(deleted as Record<string, number>).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    { label: label.account, value: accountId },
    { label: label.closure, value: id },
    { label: label.bytes, value: String(archiveBytes) },
    { label: 'SHA-256', value: archiveSha256 ?? '' },
    { label: label.deleted, value: rows.map(([table, count]) => `${table} ${count}`).join(', ') },
  ]
}

const receiptLabels = {
  en: {
    account: 'Account',
    closure: 'Closing',
    bytes: 'Archive, in bytes',
    deleted: 'Rows deleted, by table',
  },
  fr: {
    account: 'Compte',
    closure: 'Clôture',
    bytes: 'Archive, en octets',
    deleted: 'Lignes supprimées, par table',
  },
}

type Particulars = Record<'account' | 'platform' | 'closesAt' | 'destroyAt', string>
type Words = Record<
  (typeof steps)[number],
  (particulars: Particulars) => Omit<UserMailWords, 'action' | 'facts'>
>

const en: Words = {
  requested: ({ account, platform, closesAt }) => ({
    subject: 'Your account is being closed',
    preview: `It can be called back until ${closesAt}.`,
    title: 'Your account is being closed',
    paragraphs: [
      `An owner has asked to close the account “${account}” on ${platform}. Nothing is sent any more, and campaigns have stopped. Until ${closesAt} what it holds can be read and exported, and an owner can call the closing back.`,
      'Then everything is put into an encrypted archive and deleted, users included.',
    ],
    notes: [
      'Nobody of you asked for it? Log in, call it back and change your passwords.',
      'You receive this because you are an owner or an administrator of the account.',
    ],
  }),
  cancelled: ({ account, platform }) => ({
    subject: 'Your account is not closed after all',
    preview: 'Its closing was called back.',
    title: 'Your account is not closed after all',
    paragraphs: [
      `The closing of the account “${account}” on ${platform} was called back: nothing was deleted, and its keys work as before. Campaigns stay stopped until you send them again.`,
    ],
    notes: ['You receive this because you are an owner or an administrator of the account.'],
  }),
  archived: ({ account, platform, destroyAt }) => ({
    subject: 'Your account is closed: receipt',
    preview: 'Its data is archived and deleted.',
    title: 'Your account is closed',
    paragraphs: [
      `The account “${account}” on ${platform} is closed. What it held was put into an encrypted archive, read back, and then deleted. This address goes as soon as this message has left.`,
      `Archive and key are destroyed on ${destroyAt}. Until then those who run the platform can open it at your request.`,
      'Keep this message: it is the receipt. The archive is the one of this receipt if its SHA-256 is the same.',
    ],
    notes: ['You receive this because you were an owner or an administrator of the account.'],
  }),
}

// no-break spaces before French punctuation: invisible here, and meant
const fr: Words = {
  requested: ({ account, platform, closesAt }) => ({
    subject: 'Votre compte est en cours de clôture',
    preview: `La clôture peut être annulée jusqu’au ${closesAt}.`,
    title: 'Votre compte est en cours de clôture',
    paragraphs: [
      `Un propriétaire a demandé la clôture du compte « ${account} » sur ${platform}. Plus rien n’est envoyé, et les campagnes sont arrêtées. Jusqu’au ${closesAt}, ce qu’il contient peut être lu et exporté, et un propriétaire peut annuler la clôture.`,
      'Ensuite, tout est placé dans une archive chiffrée puis supprimé, utilisateurs compris.',
    ],
    notes: [
      'Personne chez vous ne l’a demandée ? Connectez-vous, annulez-la et changez vos mots de passe.',
      'Vous recevez ce message parce que vous êtes propriétaire ou administrateur du compte.',
    ],
  }),
  cancelled: ({ account, platform }) => ({
    subject: 'Votre compte n’est finalement pas clos',
    preview: 'Sa clôture a été annulée.',
    title: 'Votre compte n’est finalement pas clos',
    paragraphs: [
      `La clôture du compte « ${account} » sur ${platform} a été annulée : rien n’a été supprimé, et ses clés fonctionnent comme avant. Les campagnes restent arrêtées tant que vous ne les relancez pas.`,
    ],
    notes: ['Vous recevez ce message parce que vous êtes propriétaire ou administrateur du compte.'],
  }),
  archived: ({ account, platform, destroyAt }) => ({
    subject: 'Votre compte est clos : reçu',
    preview: 'Ses données sont archivées et supprimées.',
    title: 'Votre compte est clos',
    paragraphs: [
      `Le compte « ${account} » sur ${platform} est clos. Ce qu’il contenait a été placé dans une archive chiffrée, relue, puis supprimé. Cette adresse disparaît dès que ce message est parti.`,
      `L’archive et sa clé seront détruites le ${destroyAt}. D’ici là, ceux qui exploitent la plateforme peuvent l’ouvrir à votre demande.`,
      'Conservez ce message : il est le reçu. L’archive est bien celle de ce reçu si son SHA-256 est le même.',
    ],
    notes: ['Vous recevez ce message parce que vous étiez propriétaire ou administrateur du compte.'],
  }),
}

const words: Record<Language, Words> = { en, fr }
