export interface ImportJobs {
  /** Reads an import's file and merges its rows into the contacts; clears up behind one that has ended. */
  'imports.run': { importId: string }
  /** Cancels what waits for its file in vain, forgets old error rows. Runs for the platform, under the nil account. */
  'imports.forget': Record<string, never>
}
