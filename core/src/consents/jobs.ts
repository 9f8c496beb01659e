export interface ConsentJobs {
  /** Asks those whose consent waits for its confirmation, by mail. One job per account, for all of them. */
  'consents.confirmMail': Record<string, never>
  /** Seals the consent ledgers of all accounts, as far as they have settled. */
  'consents.seal': Record<string, never>
}
