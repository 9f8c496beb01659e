export interface AuditJobs {
  /** Deletes the audit events of all accounts whose retention is over. */
  'audit.prune': Record<string, never>
  /** Seals the audit logs of all accounts, as far as they have settled. */
  'audit.seal': Record<string, never>
}
