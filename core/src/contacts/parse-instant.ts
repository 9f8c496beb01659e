import { isBlank, type Parsed, parsed, refused } from './parsed.ts'

const dateOnly = /^(\d{4})-(\d{2})-(\d{2})$/
const dateTime =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)? ?(?:(Z)|([+-])(\d{2}):?(\d{2}))?$/i

/**
 * An instant as files and programs write it: ISO 8601 (`2026-11-23T09:30:00+01:00`), `2026-11-23 09:30:00`, or a date
 * alone, its midnight. Without an offset it is in UTC. Dates such as 03/04/2026 are refused: half the world reads March.
 */
export function parseInstant(value: unknown): Parsed<Date | null> {
  if (isBlank(value)) return parsed(null)
  const match = typeof value === 'string' ? dateTime.exec(value.trim()) : null
  if (!match) return refused('invalid_datetime', 'a time is expected as 2026-11-23T09:30:00Z')
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0))
  const day0 = calendarDay(year, month, day)
  if (day0 === undefined || hour === undefined || minute === undefined || second === undefined)
    return refused('invalid_datetime', 'there is no such day')
  const [, , , , , , , fraction = '', , sign, offsetHours, offsetMinutes] = match
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * (sign === '-' ? -1 : 1)
  if (
    hour > 23 ||
    minute > 59 ||
    second > 59 ||
    Math.abs(offset) > 14 * 60 ||
    Number(offsetMinutes ?? 0) > 59
  )
    return refused('invalid_datetime', 'there is no such time')
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3))
  const instant = new Date(day0 + ((hour * 60 + minute - offset) * 60 + second) * 1000 + milliseconds)
  // in UTC it may be of the year after, whose name has a fifth digit, and which the database then cannot read
  if (instant.getUTCFullYear() > 9999) return refused('invalid_datetime', 'there is no such time')
  return parsed(instant)
}

/** A day of the calendar, as `2026-11-23`. */
export function parseDay(value: unknown): Parsed<string | null> {
  if (isBlank(value)) return parsed(null)
  const match = typeof value === 'string' ? dateOnly.exec(value.trim()) : null
  if (!match) return refused('invalid_date', 'a date is expected as 2026-11-23')
  const [, year, month, day] = match.map(Number)
  if (calendarDay(year, month, day) === undefined) return refused('invalid_date', 'there is no such day')
  return parsed(match[0])
}

/** Midnight in UTC of a day, undefined if the calendar has none such: `Date` would take 30 February for 2 March. */
function calendarDay(year = 0, month = 0, day = 0): number | undefined {
  const time = Date.UTC(year, month - 1, day)
  const date = new Date(time)
  const exists =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists ? time : undefined
}
