export interface RecordJobs {
  /** Seals the entries of what rows say, in all accounts, as far as they have settled. */
  'records.seal': Record<string, never>
}
