export interface AccountClosureJobs {
  /** Takes every closing whose time has come its next steps further. Runs for the platform, under the nil account. */
  'accounts.close': Record<string, never>
}
