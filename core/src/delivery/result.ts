import type { Clock } from '../context.ts'
import type { Outcome } from '../mail/outcome.ts'
import { nextAttemptAt } from '../mail/retry-schedule.ts'
import type { Claimed } from './claim.sql.ts'

/** What becomes of a message that a lane has in hand. */
export interface Result {
  id: string
  contactId: string
  /** `released`: it has not left, and is back as it was. */
  state: 'sent' | 'sink' | 'deferred' | 'failed' | 'unknown' | 'excluded' | 'released'
  reason: string | null
  code: number | null
  enhancedCode: string | null
  /** When a deferred one is tried again. */
  nextAttemptAt: Date | null
  /** Whether this counts as an attempt: a server has had a say on this very message, or it could not be rendered in time. */
  isAttempt: boolean
  /** An address that the server says does not exist. */
  deadAddress: string | null
}

/** There was no way to the relay: the message is not to blame, and neither is any other. */
const RELAY_AWAY: ReadonlySet<string> = new Set([
  'auth_failed',
  'connect_timeout',
  'connection_refused',
  'dns_failed',
  'greeting_timeout',
  'host_unreachable',
  'pool_closed',
  'tls_failed',
])

export const RELAY_PAUSE_MS = 30_000

type Message = Pick<Claimed, 'id' | 'contactId'>
type Attempted = Message & Pick<Claimed, 'attempts' | 'firstAttemptAt'>

const nothingSaid = {
  code: null,
  enhancedCode: null,
  nextAttemptAt: null,
  isAttempt: false,
  deadAddress: null,
}

export const released = ({ id, contactId }: Message): Result => ({
  id,
  contactId,
  state: 'released',
  reason: null,
  ...nothingSaid,
})

export const excluded = ({ id, contactId }: Message, reason: string): Result => ({
  id,
  contactId,
  state: 'excluded',
  reason,
  ...nothingSaid,
})

/** It cannot be written for this contact: an address that no mail can have, a value its template cannot bear. */
export const unwritable = ({ id, contactId }: Message, reason: string): Result => ({
  id,
  contactId,
  state: 'failed',
  reason,
  ...nothingSaid,
})

/** So often a message is rendered that takes too long, some five minutes to an hour apart. */
const RENDERINGS = 5

/** It was not rendered in time: tried again as if a server had deferred it, but not for days. */
export function late(message: Attempted, clock: Clock): Result {
  const { id, contactId, attempts } = message
  const reason = 'render_timeout'
  const next = attempts + 1 < RENDERINGS ? nextAfter(message, clock, Math.random()) : null
  return next === null
    ? unwritable(message, reason)
    : { ...nothingSaid, id, contactId, state: 'deferred', reason, nextAttemptAt: next, isAttempt: true }
}

export const isRelayAway = (outcome: Outcome): boolean =>
  outcome.kind === 'deferred' && RELAY_AWAY.has(outcome.reason)

/** What an outcome means for the message. A message deferred for 72 hours has failed. */
export function resultOf(
  message: Attempted & Pick<Claimed, 'email'>,
  outcome: Outcome,
  clock: Clock,
  random = Math.random(),
): Result {
  const { id, contactId, email } = message
  const { code, enhancedCode } = outcome
  const said = { id, contactId, code, enhancedCode, nextAttemptAt: null, isAttempt: true, deadAddress: null }
  switch (outcome.kind) {
    case 'sent':
      return { ...said, state: 'sent', reason: null }
    case 'sink':
      return { ...said, state: 'sink', reason: null }
    case 'unknown':
      return { ...said, state: 'unknown', reason: outcome.reason }
    case 'failed':
      return {
        ...said,
        state: 'failed',
        reason: outcome.reason,
        deadAddress: outcome.bounce === 'hard' ? email : null,
      }
    case 'deferred': {
      const { reason } = outcome
      if (isRelayAway(outcome)) {
        const next = new Date(clock.now().getTime() + RELAY_PAUSE_MS)
        return { ...said, state: 'deferred', reason, nextAttemptAt: next, isAttempt: false }
      }
      const next = nextAfter(message, clock, random)
      if (next === null) return { ...said, state: 'failed', reason: 'retries_exhausted' }
      return { ...said, state: 'deferred', reason, nextAttemptAt: next }
    }
  }
}

function nextAfter({ attempts, firstAttemptAt }: Attempted, clock: Clock, random: number): Date | null {
  const now = clock.now()
  return nextAttemptAt({ attempts: attempts + 1, firstAttemptAt: firstAttemptAt ?? now, now, random })
}
