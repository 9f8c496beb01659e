/** Both run for the platform, under the nil account. */
export interface AccessJobs {
  /** Replaces the key that signs access tokens when it has served its time, and deletes those that are over. */
  'access.rotateKeys': Record<string, never>
  /** Deletes what was kept to slow down guessing, and challenges that nobody has answered. */
  'access.forget': Record<string, never>
}
