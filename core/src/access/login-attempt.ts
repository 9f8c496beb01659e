/**
 * Which attempts to log in wait for which. Failures count by network, whoever is tried there, and by user, wherever it is tried
 * from. Who has logged in from a network before is counted there apart: a stranger who fails and fails elsewhere keeps nobody out
 * of the places where they work.
 *
 * An address that nobody logs in with is counted as any other: delays do not tell who exists.
 */
import type { RequestContext } from '../context.ts'
import { type Attempt, bucket, forgive, type Patience, returnAttempt, takeAttempt } from './throttle.ts'

const MINUTE_MS = 60_000

/** Behind one address there may be an office, or a city. */
const networkPatience: Patience = { free: 30, forgivenAfterMs: MINUTE_MS }
/**
 * At most 5 guesses and then 96 a day, whoever guesses from wherever (NIST SP 800-63B, section 3.2.2, asks for no more than 100
 * in a row).
 */
export const userPatience: Patience = { free: 5, forgivenAfterMs: 15 * MINUTE_MS }

export interface LoginAttempt {
  attempt: Attempt
  /** Forgives the user's failures, and does not count this one. */
  succeed(tx: RequestContext): Promise<void>
  /** Does not count, but forgives nothing: the password was right, and more is needed. */
  withdraw(context: RequestContext): Promise<void>
}

const placeOf = (lookup: Uint8Array, network: string | null) =>
  `login:${Buffer.from(lookup).toString('hex')}${network === null ? '' : `:${network}`}`

/** Forgives what strangers have failed at: whoever holds the mailbox has set another password. */
export const forgiveStrangers = (tx: RequestContext, lookup: Uint8Array) =>
  forgive(tx, [bucket(tx, placeOf(lookup, null), userPatience)])

/** @throws DomainError `rate_limited` */
export async function attemptLogin(
  context: RequestContext,
  who: { lookup: Uint8Array; network: string | null; isFamiliar: boolean },
): Promise<LoginAttempt> {
  const place = who.isFamiliar ? who.network : null
  const user = bucket(context, placeOf(who.lookup, place), userPatience)
  // always in this order, so that no two wait for each other
  const attempt = await takeAttempt(context, [
    bucket(context, `network:${who.network}`, networkPatience),
    user,
  ])
  return {
    attempt,
    async succeed(tx) {
      await returnAttempt(tx, attempt)
      await forgive(tx, [user])
    },
    withdraw: (unproven) => returnAttempt(unproven, attempt),
  }
}
