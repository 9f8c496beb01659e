import { DateTime, Duration } from 'luxon'

/** How long a closing can be cancelled; ISO 8601. */
export const coolingPeriod = 'P7D'

/**
 * How long the archive of a closed account is kept, for claims that come late; then it goes, with its key. ISO 8601. No law sets the
 * number: what is kept must have an end that is known beforehand (GDPR art. 5(1)(e), art. 28(3)(g)).
 */
export const archivePeriod = 'P12M'

export function after(instant: Date, period: string): Date {
  return DateTime.fromJSDate(instant, { zone: 'utc' }).plus(Duration.fromISO(period)).toJSDate()
}
