export interface EventJobs {
  /** Classifies and attributes what the edge has recorded. Runs for the platform, under the nil account. */
  'events.ingest': Record<string, never>
}
