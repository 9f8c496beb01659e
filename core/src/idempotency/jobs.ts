export interface IdempotencyJobs {
  /** Deletes kept answers after their 24 hours. Runs for the platform, under the nil account. */
  'idempotency.forget': Record<string, never>
}
