import type { Clock } from '../context.ts'
import { isRelayAway, RELAY_PAUSE_MS } from '../delivery/result.ts'
import type { Outcome } from '../mail/outcome.ts'
import { nextAttemptAt } from '../mail/retry-schedule.ts'
import type { BegunUserMail, UserMailResult } from './user-mail.sql.ts'

/** Half a day of insistence: who has waited longer asks again. */
const MAX_ATTEMPTS = 8

/** What an outcome means for the mail. */
export function userMailResult(mail: BegunUserMail, outcome: Outcome, clock: Clock): UserMailResult {
  const { id, attempts, createdAt } = mail
  const { code: smtpCode, enhancedCode } = outcome
  const said = { id, smtpCode, enhancedCode, attempts: attempts + 1 }
  switch (outcome.kind) {
    case 'sent':
      return { ...said, state: 'sent', reason: null }
    case 'sink':
      return { ...said, state: 'sink', reason: null }
    case 'unknown':
    case 'failed':
      return { ...said, state: outcome.kind, reason: outcome.reason }
    case 'deferred': {
      const { reason } = outcome
      const now = clock.now()
      if (isRelayAway(outcome)) {
        const next = new Date(now.getTime() + RELAY_PAUSE_MS)
        return { ...said, attempts, state: 'deferred', reason, nextAttemptAt: next }
      }
      const next = nextAttemptAt({
        attempts: attempts + 1,
        firstAttemptAt: createdAt,
        now,
        random: Math.random(),
      })
      if (attempts + 1 >= MAX_ATTEMPTS || next === null)
        return { ...said, state: 'failed', reason: 'retries_exhausted' }
      return { ...said, state: 'deferred', reason, nextAttemptAt: next }
    }
  }
}
