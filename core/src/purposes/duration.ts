import { Duration } from 'luxon'

/** Whether an ISO 8601 duration of the contract's form lasts no time at all, as `P0Y`. */
export function isEmptyDuration(duration: string): boolean {
  return !/[1-9]/.test(duration)
}

/** How long a duration of the contract's form lasts, to compare it with others. */
export const months = (duration: string): number => Duration.fromISO(duration).as('months')
