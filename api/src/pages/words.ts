import type { Channel } from '@envoi/core/database'
import type { Language } from '@envoi/core/languages'

/** Version of the wordings below: the ledger names it beside the words that a person was shown. */
export const wordsVersion = '2026-11'

const en = {
  other: { language: 'fr' as Language, label: 'Français' },
  noCookies: 'This page sets no cookie and loads nothing from elsewhere.',
  by: { email: 'by email', sms: 'by SMS' } as Record<Channel, string>,
  notFound: {
    title: 'This link does not work',
    text: 'It may have been cut: copy all of it from the message. Or what it was about is no longer kept.',
  },
  tooMany: { title: 'Too many requests', text: 'Please try again in a minute.' },
  failed: {
    title: 'Something went wrong',
    text: 'Nothing was changed. Please try again in a few minutes: your link goes on working.',
  },
  unsubscribe: {
    title: 'Unsubscribe',
    from: (purpose: string, account: string, by: string) =>
      `Stop receiving “${purpose}” from ${account} ${by}?`,
    fromAll: (account: string) => `Stop receiving any marketing from ${account}?`,
    address: (address: string) => `For ${address}. One click is enough: nothing else is asked.`,
    button: 'Unsubscribe',
    doneTitle: 'You are unsubscribed',
    done: (purpose: string, account: string, by: string) =>
      `${account} will not send you “${purpose}” ${by} any more.`,
    doneAll: (account: string) => `${account} will not send you any marketing any more.`,
    late: 'A message that had already left may still reach you.',
    preferences: 'See all my preferences',
  },
  confirm: {
    title: 'Confirm your subscription',
    asked: (purpose: string, account: string) => `You asked ${account} for “${purpose}” by email.`,
    agreed: 'You agreed to this:',
    button: 'I confirm',
    withdraw: 'You can change your mind at any time: each message has a link for it.',
    ignore: 'If you did not ask for it, close this page: you will receive nothing.',
    doneTitle: 'It is confirmed',
    done: (purpose: string, account: string) => `${account} may now send you “${purpose}” by email.`,
    preferences: 'See all my preferences',
    expiredTitle: 'This link has expired',
    expired: (days: number) => `Links to confirm work for ${days} days. Subscribe again to get a new one.`,
    supersededTitle: 'This link is no longer in use',
    superseded: 'You have changed your choice, or your address, since this link was sent to you.',
  },
  view: {
    expiredTitle: 'This message is no longer shown here',
    expired: (days: number) => `Messages can be read here for ${days} days after they were sent.`,
    moved: 'It was sent to an address that is not in use here any more.',
  },
  preferences: {
    title: 'Your preferences',
    intro: (account: string) => `You decide what ${account} may do. Nothing changes until you save.`,
    receive: 'What you receive',
    nothing: 'There is nothing to choose for the moment.',
    address: (by: string, address: string) => `${by[0]?.toUpperCase()}${by.slice(1)}, to ${address}`,
    pending:
      'Waiting for your confirmation: follow the link in the message that we send you. If none comes, try again tomorrow.',
    measure: 'Measurement',
    tracking:
      'I agree that the messages I open and the links I click are recorded for me individually, to measure what I am sent and to adapt it.',
    trackingHint: 'Off unless you say so. You can withdraw at any time, also for messages you already have.',
    object: 'Your right to object',
    marketing: 'I object to the use of my data for marketing.',
    marketingHint: 'While it is ticked, nothing of what you chose above is sent.',
    profiling: 'I object to profiling.',
    profilingHint: 'My data is not used to guess what interests me.',
    save: 'Save my choices',
    saved: 'Your choices are saved.',
    off: (by: string) => `${by[0]?.toUpperCase()}${by.slice(1)}: off.`,
    elsewhere: 'To receive this again, ask for it there: a link in an email cannot agree for it.',
    moved: (account: string) =>
      `This link was sent to an address that ${account} does not use any more, or long ago. It can still stop what you do not want; to choose more, follow the link of a recent message.`,
    stop: (purpose: string, by: string) => `Stop “${purpose}” ${by}.`,
    stopTracking: 'Do not record the messages I open and the links I click.',
    stopped: 'It is recorded. A message that had already left may still reach you.',
  },
}

export type Words = typeof en

// no-break spaces before French punctuation, and a no-break hyphen: invisible here, and meant
const fr: Words = {
  other: { language: 'en', label: 'English' },
  noCookies: 'Cette page ne dépose aucun cookie et ne charge rien d’ailleurs.',
  by: { email: 'par e‑mail', sms: 'par SMS' },
  notFound: {
    title: 'Ce lien ne fonctionne pas',
    text: 'Il a peut-être été coupé : copiez-le en entier depuis le message. Ou ce qu’il concerne n’est plus conservé.',
  },
  tooMany: { title: 'Trop de demandes', text: 'Réessayez dans une minute.' },
  failed: {
    title: 'Un problème est survenu',
    text: 'Rien n’a été modifié. Réessayez dans quelques minutes : votre lien fonctionne toujours.',
  },
  unsubscribe: {
    title: 'Se désabonner',
    from: (purpose, account, by) =>
      `${account} vous envoie « ${purpose} » ${by}. Voulez-vous que cela cesse ?`,
    fromAll: (account) => `${account} vous envoie de la prospection. Voulez-vous que cela cesse ?`,
    address: (address) => `Pour ${address}. Un clic suffit : rien d’autre ne vous est demandé.`,
    button: 'Me désabonner',
    doneTitle: 'Votre désabonnement est enregistré',
    done: (purpose, account, by) => `${account} ne vous enverra plus « ${purpose} » ${by}.`,
    doneAll: (account) => `${account} ne vous enverra plus aucune prospection.`,
    late: 'Un message déjà parti peut encore vous parvenir.',
    preferences: 'Voir toutes mes préférences',
  },
  confirm: {
    title: 'Confirmez votre inscription',
    asked: (purpose, account) => `Vous avez demandé à ${account} de recevoir « ${purpose} » par e‑mail.`,
    agreed: 'Vous avez accepté ceci :',
    button: 'Je confirme',
    withdraw: 'Vous pourrez changer d’avis à tout moment, par un lien dans chaque message.',
    ignore: 'Si vous n’avez rien demandé, fermez cette page : vous ne recevrez rien.',
    doneTitle: 'C’est confirmé',
    done: (purpose, account) => `${account} peut désormais vous envoyer « ${purpose} » par e‑mail.`,
    preferences: 'Voir toutes mes préférences',
    expiredTitle: 'Ce lien a expiré',
    expired: (days) =>
      `Les liens de confirmation fonctionnent ${days} jours. Inscrivez-vous de nouveau pour en recevoir un autre.`,
    supersededTitle: 'Ce lien ne sert plus',
    superseded: 'Vous avez changé d’avis, ou d’adresse, depuis que ce lien vous a été envoyé.',
  },
  view: {
    expiredTitle: 'Ce message n’est plus consultable ici',
    expired: (days) => `Les messages se lisent ici pendant ${days} jours après leur envoi.`,
    moved: 'Il a été envoyé à une adresse qui n’est plus utilisée ici.',
  },
  preferences: {
    title: 'Vos préférences',
    intro: (account) =>
      `Vous décidez de ce que peut faire ${account}. Rien ne change tant que vous n’enregistrez pas.`,
    receive: 'Ce que vous recevez',
    nothing: 'Il n’y a rien à choisir pour le moment.',
    address: (by, address) => `${by[0]?.toUpperCase()}${by.slice(1)}, à ${address}`,
    pending:
      'En attente de votre confirmation : suivez le lien du message que nous vous envoyons. S’il n’arrive pas, réessayez demain.',
    measure: 'Mesure',
    tracking:
      'J’accepte que les messages que j’ouvre et les liens que je suis soient enregistrés individuellement, pour mesurer ce qui m’est envoyé et l’adapter.',
    trackingHint:
      'Désactivé sans votre accord. Vous pouvez le retirer à tout moment, y compris pour les messages déjà reçus.',
    object: 'Votre droit d’opposition',
    marketing: 'Je m’oppose à l’utilisation de mes données à des fins de prospection.',
    marketingHint:
      'Tant que la case est cochée, rien de ce que vous avez choisi plus haut ne vous est envoyé.',
    profiling: 'Je m’oppose au profilage.',
    profilingHint: 'Mes données ne servent pas à deviner ce qui m’intéresse.',
    save: 'Enregistrer mes choix',
    saved: 'Vos choix sont enregistrés.',
    off: (by) => `${by[0]?.toUpperCase()}${by.slice(1)} : non.`,
    elsewhere: 'Pour le recevoir de nouveau, demandez-le autrement : le lien d’un e‑mail ne suffit pas.',
    moved: (account) =>
      `Ce lien a été envoyé à une adresse que ${account} n’utilise plus, ou il y a longtemps. Il permet encore de refuser ce que vous ne voulez pas ; pour choisir davantage, suivez le lien d’un message récent.`,
    stop: (purpose, by) => `Ne plus recevoir « ${purpose} » ${by}.`,
    stopTracking: 'Ne pas enregistrer les messages que j’ouvre et les liens que je suis.',
    stopped: 'C’est enregistré. Un message déjà parti peut encore vous parvenir.',
  },
}

export const words: Record<Language, Words> = { fr, en }
