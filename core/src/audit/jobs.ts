export interface AuditJobs {
  /** Seals the audit logs of all accounts, as far as they have settled. */
  'audit.seal': Record<string, never>
}
