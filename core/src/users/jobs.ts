export interface UserJobs {
  /** Sends the mails of the platform to users that wait. One job per account, for all of them. */
  'users.mail': Record<string, never>
  /** Deletes what is kept of old mails and links to users, of all accounts. */
  'users.forgetMails': Record<string, never>
}
