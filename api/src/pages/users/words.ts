import type { Language } from '@envoi/core/languages'

const en = {
  for: (address: string) => `For ${address}.`,
  expiredTitle: 'This link has expired',
  expired: 'Ask for another one where you log in, or from whoever invited you.',
  usedTitle: 'This link was used already',
  used: 'It works once. If you need another one, ask for it.',
  confirmEmail: {
    title: 'Confirm your address',
    asked: (platform: string) => `An account was opened on ${platform} with this address. Is it yours?`,
    password: 'Password of the account',
    button: 'Yes, it is mine',
    unknown:
      'You do not know this password? If the address is yours, you can take the account over. Its password, sessions and API keys end, its other users are deactivated, and you choose a new password.',
    takeOver: 'Take the account over',
    ignore: 'If you opened no account, close this page: nothing happens.',
    doneTitle: 'Your address is confirmed',
    done: 'What concerns your account will be sent to it.',
    taken: 'The account is yours alone: everything that gave access to it before has ended.',
    choose: 'Choose a new password',
  },
  invitation: {
    title: 'Accept the invitation',
    asked: (account: string) => `“${account}” invites you to work in its account.`,
    firstName: 'First name',
    lastName: 'Last name',
    button: 'Accept',
    doneTitle: 'Welcome',
    done: (account: string) => `You are now a user of “${account}”.`,
  },
  password: {
    title: 'Choose a new password',
    label: 'Password',
    hint: '8 characters at least, 15 are advised, any you like. Several words that do not belong together are good. Leave it empty to have a strong one made for you.',
    button: 'Use this password',
    doneTitle: 'Your password is changed',
    done: 'All your sessions have ended: log in with the new one.',
    generated: 'Your password, which is shown only now: keep it in a password manager.',
  },
  problems: {
    firstName: 'Please say what your first name is: one line of up to 100 characters.',
    lastName: 'Please say what your last name is: one line of up to 100 characters.',
    password:
      'This password is too short or too easy to guess, perhaps because it holds a name or an address: nothing was changed.',
    wrongPassword: 'This is not the password of the account: nothing was confirmed.',
    taken:
      'Your address has a login in another account already, and a person has one: ask to be invited at another address.',
  },
}

export type UserWords = typeof en

// no-break spaces before French punctuation and inside quotes: invisible here, and meant
const fr: UserWords = {
  for: (address) => `Pour ${address}.`,
  expiredTitle: 'Ce lien a expiré',
  expired: 'Demandez-en un autre là où vous vous connectez, ou à qui vous a invité.',
  usedTitle: 'Ce lien a déjà servi',
  used: 'Il ne fonctionne qu’une fois. S’il vous en faut un autre, demandez-le.',
  confirmEmail: {
    title: 'Confirmez votre adresse',
    asked: (platform) => `Un compte a été ouvert sur ${platform} avec cette adresse. Est-elle à vous ?`,
    password: 'Mot de passe du compte',
    button: 'Oui, elle est à moi',
    unknown:
      'Vous ne connaissez pas ce mot de passe ? Si l’adresse est à vous, vous pouvez reprendre le compte. Son mot de passe, ses sessions et ses clés d’API prennent fin, ses autres utilisateurs sont désactivés, et vous choisissez un nouveau mot de passe.',
    takeOver: 'Reprendre le compte',
    ignore: 'Si vous n’avez pas ouvert de compte, fermez cette page : il ne se passera rien.',
    doneTitle: 'Votre adresse est confirmée',
    done: 'Ce qui concerne votre compte y sera envoyé.',
    taken: 'Le compte n’est plus qu’à vous : tout ce qui y donnait accès a pris fin.',
    choose: 'Choisir un nouveau mot de passe',
  },
  invitation: {
    title: 'Accepter l’invitation',
    asked: (account) => `« ${account} » vous invite à travailler dans son compte.`,
    firstName: 'Prénom',
    lastName: 'Nom',
    button: 'Accepter',
    doneTitle: 'Bienvenue',
    done: (account) => `Vous faites maintenant partie du compte « ${account} ».`,
  },
  password: {
    title: 'Choisissez un nouveau mot de passe',
    label: 'Mot de passe',
    hint: '8 caractères au moins, 15 de préférence, ceux que vous voulez. Plusieurs mots sans rapport entre eux font un bon mot de passe. Laissez vide pour qu’un mot de passe sûr soit fait pour vous.',
    button: 'Utiliser ce mot de passe',
    doneTitle: 'Votre mot de passe est changé',
    done: 'Toutes vos sessions ont pris fin : connectez-vous avec le nouveau.',
    generated:
      'Votre mot de passe, qui n’est montré que maintenant : gardez-le dans un gestionnaire de mots de passe.',
  },
  problems: {
    firstName: 'Indiquez votre prénom, sur une ligne de 100 caractères au plus.',
    lastName: 'Indiquez votre nom, sur une ligne de 100 caractères au plus.',
    password:
      'Ce mot de passe est trop court ou trop facile à deviner, peut-être parce qu’il contient un nom ou une adresse : rien n’a été modifié.',
    wrongPassword: 'Ce n’est pas le mot de passe du compte : rien n’a été confirmé.',
    taken:
      'Votre adresse sert déjà à se connecter à un autre compte, et chacun n’en a qu’un : demandez une invitation à une autre adresse.',
  },
}

export const userWords: Record<Language, UserWords> = { en, fr }
