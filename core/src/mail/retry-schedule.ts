const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Waits after each deferral; the last one repeats. Greylisting wants minutes, an outage hours. */
const DELAYS = [5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR]
/** Each wait varies by a fifth either way, so that what was deferred together does not come back together. */
const JITTER = 0.2
/** A newsletter that is three days late is better not sent; RFC 5321 section 4.5.4.1 asks for four to five days of mail to people. */
const GIVE_UP_AFTER = 72 * HOUR

/** When to try a deferred message again. */
export interface Retry {
  /** Deferrals so far, this one included: 1 after the first attempt. */
  attempts: number
  firstAttemptAt: Date
  now: Date
  /** A number in [0, 1), as `Math.random` gives. */
  random: number
  /** How long to insist, from the first attempt; 72 hours unless given. */
  giveUpAfterMs?: number
}

/** The time of the next attempt, or null when it is time to give up (the last attempt falls within the limit). */
export function nextAttemptAt(retry: Retry): Date | null {
  const step = Math.min(Math.max(retry.attempts, 1), DELAYS.length) - 1
  const delay = (DELAYS[step] ?? 0) * (1 - JITTER + 2 * JITTER * retry.random)
  const next = retry.now.getTime() + Math.round(delay)
  const limit = retry.firstAttemptAt.getTime() + (retry.giveUpAfterMs ?? GIVE_UP_AFTER)
  return next > limit ? null : new Date(next)
}
