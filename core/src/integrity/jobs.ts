export interface IntegrityJobs {
  /** Verifies the audit logs and consent ledgers of all accounts, and tells the operator what does not hold. */
  'integrity.verify': Record<string, never>
}
