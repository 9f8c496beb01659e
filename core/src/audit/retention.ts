import { DateTime, Duration } from 'luxon'

/** How long audit events are kept unless the account says otherwise, from 6 to 36 months (CNIL, délibération 2021-122). */
export const defaultAuditRetention = 'P12M'

/** As the account's settings hold it; ISO 8601. */
export const auditRetentionOf = (retention: unknown): string =>
  (retention as { audit?: string } | null)?.audit ?? defaultAuditRetention

/** Events from before then have been kept long enough. */
export function keptSince(now: Date, retention: string): Date {
  return DateTime.fromJSDate(now, { zone: 'utc' }).minus(Duration.fromISO(retention)).toJSDate()
}
