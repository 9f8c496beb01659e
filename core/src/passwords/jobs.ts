export interface PasswordJobs {
  /** Looks whether somebody who forgot their password has one, and sends them the mail. `sealed`: the request, encrypted. */
  'passwords.reset': { sealed: string }
}
