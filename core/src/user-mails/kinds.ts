import { hasLoginElsewhere } from '../access/login-lookup.ts'
import { readNoticedLogin } from '../access/read-noticed-login.ts'
import { accessEndedMail } from '../system-mails/access-ended.ts'
import { accountClosureMail } from '../system-mails/account-closure.ts'
import { accountStatusMail } from '../system-mails/account-status.ts'
import { addressTakenMail } from '../system-mails/address-taken.ts'
import { confirmEmailMail } from '../system-mails/confirm-email.ts'
import { invitationMail } from '../system-mails/invitation.ts'
import { loginNoticeMail } from '../system-mails/login-notice.ts'
import { passwordChangedMail } from '../system-mails/password-changed.ts'
import { resetPasswordMail } from '../system-mails/reset-password.ts'
import { secondFactorsResetMail } from '../system-mails/second-factors-reset.ts'
import { readResetFactors } from '../totp/read-reset-factors.ts'
import type { About, UserMailKind, UserMailWords } from './kind.ts'

/** With a link, for users of whom something still holds when the mail leaves. */
const linking = (
  link: NonNullable<UserMailKind['link']>,
  isWanted: (about: About) => boolean,
  words: (about: About, link: { url: string; until: Date }) => UserMailWords,
): UserMailKind => ({
  link,
  async write(about, made) {
    if (made === null) return { stays: 'expired' }
    return isWanted(about) ? words(about, made) : { stays: 'superseded' }
  },
})

/** Without one. */
const telling = (
  isWanted: (about: About) => boolean,
  words: (about: About) => UserMailWords,
): UserMailKind => ({
  link: null,
  write: async (about) => (isWanted(about) ? words(about) : { stays: 'superseded' }),
})

const isActive = ({ user }: About) => user.status === 'active'

/** Every mail of the platform to a user, by what happened. */
export const userMailKinds = {
  'users.confirmEmail': {
    link: 'confirmEmail',
    async write(about, made) {
      if (made === null) return { stays: 'expired' }
      if (!isActive(about) || about.user.emailVerifiedAt !== null) return { stays: 'superseded' }
      // only the mailbox is told that it has a login: the account that asks to confirm it may be anybody's
      return (await hasLoginElsewhere(about)) ? addressTakenMail(about) : confirmEmailMail(about, made)
    },
  },
  'users.invite': linking('invitation', ({ user }) => user.status === 'invited', invitationMail),
  'users.resetPassword': linking('passwordReset', isActive, resetPasswordMail),
  'users.passwordChanged': telling(isActive, passwordChangedMail),
  // facts: how many apiKeys, users, sessions, secondFactors, addresses
  'users.accessEnded': telling(isActive, accessEndedMail),
  // facts: user, by
  'users.secondFactorsReset': {
    link: null,
    async write(about) {
      const reset = isActive(about) ? await readResetFactors(about) : null
      return reset === null ? { stays: 'superseded' } : secondFactorsResetMail(about, reset)
    },
  },
  // facts: verdict, status
  'account.status': telling(
    (about) => isActive(about) && about.account.status === about.facts.status,
    accountStatusMail,
  ),
  // facts: step, closure
  'account.closure': {
    link: null,
    write: async (about) => (isActive(about) ? accountClosureMail(about) : { stays: 'superseded' }),
  },
  // facts: session
  'sessions.notice': {
    link: null,
    async write(about) {
      const login = isActive(about) ? await readNoticedLogin(about) : null
      return login === null ? { stays: 'superseded' } : loginNoticeMail(about, login)
    },
  },
} satisfies Record<string, UserMailKind>

export type UserMailName = keyof typeof userMailKinds
