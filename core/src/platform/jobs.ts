/** What the platform does for itself, under the nil account. */
export interface PlatformJobs {
  /** Makes the partitions of the months ahead. */
  'platform.partitions': Record<string, never>
}
