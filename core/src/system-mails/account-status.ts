import type { Language } from '../languages.ts'
import type { About, UserMailWords } from '../user-mails/kind.ts'
import { harmlessName } from './harmless-name.ts'

/** What the operator of the platform decided about an account, for those who answer for it. */
export function accountStatusMail({ language, platform, account, facts }: About): UserMailWords {
  const says = words[language][verdictOf(facts.verdict)]({ account: harmlessName(account), platform })
  const reason = account.statusReason
  return {
    ...says,
    ...(reason === null ? {} : { facts: [{ label: reasonLabel[language], value: reason }] }),
    action: null,
  }
}

const verdicts = ['approve', 'refuse', 'suspend', 'reopen'] as const
type Verdict = (typeof verdicts)[number]

function verdictOf(text: string | undefined): Verdict {
  const verdict = verdicts.find((known) => known === text)
  if (verdict === undefined) throw new Error('a mail about a verdict that there is not')
  return verdict
}

const reasonLabel: Record<Language, string> = { en: 'Reason given', fr: 'Motif indiqué' }

type Names = Record<'account' | 'platform', string>
type Words = Record<Verdict, (names: Names) => Omit<UserMailWords, 'action' | 'facts'>>

const en: Words = {
  approve: ({ account, platform }) => ({
    subject: 'Your account is approved',
    preview: 'The limits of the trial have ended.',
    title: 'Your account is approved',
    paragraphs: [
      `The account “${account}” on ${platform} has passed its review: the limits of the trial have ended.`,
    ],
    notes: ['You receive this because you are an owner or an administrator of the account.'],
  }),
  refuse: ({ account, platform }) => ({
    subject: 'Your account was not approved',
    preview: 'It sends nothing any more; its data can be exported.',
    title: 'Your account was not approved',
    paragraphs: [
      `The review of the account “${account}” on ${platform} has ended with a no. It sends nothing any more. What it holds stays there, and you can export it.`,
    ],
    notes: [
      'To contest it, write to those who run the platform.',
      'You receive this because you are an owner or an administrator of the account.',
    ],
  }),
  suspend: ({ account, platform }) => ({
    subject: 'Your account is suspended',
    preview: 'All its sending has stopped; its data can be exported.',
    title: 'Your account is suspended',
    paragraphs: [
      `All sending of the account “${account}” on ${platform} has stopped, and its keys are refused. What it holds stays there, and you can export it.`,
    ],
    notes: [
      'To contest it, write to those who run the platform.',
      'You receive this because you are an owner or an administrator of the account.',
    ],
  }),
  reopen: ({ account, platform }) => ({
    subject: 'Your account is open again',
    preview: 'Keys work again, and campaigns go on where they were.',
    title: 'Your account is open again',
    paragraphs: [
      `The account “${account}” on ${platform} is open again: its keys work, and campaigns go on where they were.`,
    ],
    notes: ['You receive this because you are an owner or an administrator of the account.'],
  }),
}

const fr: Words = {
  approve: ({ account, platform }) => ({
    subject: 'Votre compte est approuvé',
    preview: 'Les limites de l’essai ont pris fin.',
    title: 'Votre compte est approuvé',
    paragraphs: [
      `Le compte « ${account} » sur ${platform} a passé son examen : les limites de l’essai ont pris fin.`,
    ],
    notes: ['Vous recevez ce message parce que vous êtes propriétaire ou administrateur du compte.'],
  }),
  refuse: ({ account, platform }) => ({
    subject: 'Votre compte n’a pas été approuvé',
    preview: 'Il n’envoie plus rien ; ses données restent exportables.',
    title: 'Votre compte n’a pas été approuvé',
    paragraphs: [
      `L’examen du compte « ${account} » sur ${platform} s’est conclu par un refus. Il n’envoie plus rien. Ce qu’il contient y reste, et vous pouvez l’exporter.`,
    ],
    notes: [
      'Pour contester, écrivez à ceux qui exploitent la plateforme.',
      'Vous recevez ce message parce que vous êtes propriétaire ou administrateur du compte.',
    ],
  }),
  suspend: ({ account, platform }) => ({
    subject: 'Votre compte est suspendu',
    preview: 'Ses envois sont arrêtés ; ses données restent exportables.',
    title: 'Votre compte est suspendu',
    paragraphs: [
      `Tous les envois du compte « ${account} » sur ${platform} sont arrêtés, et ses clés sont refusées. Ce qu’il contient y reste, et vous pouvez l’exporter.`,
    ],
    notes: [
      'Pour contester, écrivez à ceux qui exploitent la plateforme.',
      'Vous recevez ce message parce que vous êtes propriétaire ou administrateur du compte.',
    ],
  }),
  reopen: ({ account, platform }) => ({
    subject: 'Votre compte est rouvert',
    preview: 'Ses clés fonctionnent, et ses campagnes reprennent.',
    title: 'Votre compte est rouvert',
    paragraphs: [
      `Le compte « ${account} » sur ${platform} est rouvert : ses clés fonctionnent, et ses campagnes reprennent où elles en étaient.`,
    ],
    notes: ['Vous recevez ce message parce que vous êtes propriétaire ou administrateur du compte.'],
  }),
}

const words: Record<Language, Words> = { en, fr }
