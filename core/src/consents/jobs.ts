export interface ConsentJobs {
  /** Asks those whose consent waits for its confirmation, by mail. One job per account, for all of them. */
  'consents.confirmMail': Record<string, never>
}
