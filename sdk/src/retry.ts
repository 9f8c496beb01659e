/** Which answers are worth another attempt, and after how long. */

/** Seconds beyond which a client does not wait, whatever the server asks: the error says how long it would have been. */
export const longestWait = 120

/** The server was busy, down, or lost the request on the way. */
const passing = new Set([408, 425, 429, 500, 502, 503, 504])

/** Whether the same request may succeed later. */
export function isPassing(status: number, code: string | undefined): boolean {
  return passing.has(status) || (status === 409 && code === 'idempotency_in_flight')
}

/** Seconds that `Retry-After` asks for, as a number or a date (RFC 9110, section 10.2.3); undefined when it says nothing. */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\d+$/.test(header)) return Number(header)
  const seconds = (Date.parse(header) - now) / 1000
  return Number.isNaN(seconds) ? undefined : Math.max(seconds, 0)
}

/** Doubles from half a second up to 8 s, less up to a quarter by chance so that clients do not come back in step. */
export function backoff(attempt: number, random: () => number): number {
  return Math.min(500 * 2 ** (attempt - 1), 8000) * (1 - random() / 4)
}
