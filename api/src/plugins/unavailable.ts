import { DomainError, type Unavailability, unavailabilityOf } from '@envoi/core'
import { isDiskFull } from '@envoi/core/files'
import type { FastifyBaseLogger } from 'fastify'

/** Seconds until it is worth trying again, and what the caller is told. */
const answers: Record<Unavailability | 'disk', { retryAfter: number; detail?: string }> = {
  away: { retryAfter: 2 },
  full: { retryAfter: 60, detail: 'Nothing can be stored for the moment.' },
  disk: { retryAfter: 60, detail: 'There is no room to store this for the moment.' },
  late: { retryAfter: 10, detail: 'This takes too long.' },
}

/** The refusal that a failure stands for when it will pass: no connection, no room, no time. Undefined when it is a fault of ours. */
export function asUnavailable(error: unknown, log: FastifyBaseLogger): DomainError | undefined {
  const why = isDiskFull(error) ? 'disk' : unavailabilityOf(error)
  if (why === undefined) return undefined
  // somebody has to make room
  if (why === 'full' || why === 'disk') log.error({ err: error, why }, 'nothing can be stored')
  else log.warn({ err: error, why }, 'the database could not serve a request')
  return new DomainError('unavailable', answers[why])
}
