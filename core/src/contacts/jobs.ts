export interface ContactJobs {
  /** Removes what is still held about the people whose erasure was asked for. One job per account, for all of them. */
  'contacts.erase': Record<string, never>
}
