import { isIP } from 'node:net'
import { isInFuture } from '../contacts/in-future.ts'
import type { Clock } from '../context.ts'
import { invalid } from '../errors.ts'

/** The proof of what a person agreed to or refused (GDPR art. 7(1)). */
export interface Evidence {
  source: string
  collectedAt: string
  text?: string
  textVersion?: string
  ip?: string
  url?: string
}

export type CheckedEvidence = ReturnType<typeof checkEvidence>

/** Checks a proof and gives it the shape of a ledger line. `at`: where its time stands in the request. */
export function checkEvidence(
  clock: Clock,
  evidence: Evidence,
  state: 'granted' | 'withdrawn' | 'refused',
  at = '/evidence/collectedAt',
) {
  const now = clock.now()
  const collectedAt = new Date(evidence.collectedAt)
  if (isInFuture(collectedAt, now)) throw invalid(at, 'must not be in the future')
  if (evidence.ip !== undefined && isIP(evidence.ip) === 0)
    throw invalid('/evidence/ip', 'must be an IPv4 or IPv6 address')
  if (evidence.url !== undefined && !/^https?:/i.test(evidence.url))
    throw invalid('/evidence/url', 'must be an http(s) address')
  if (state === 'granted') {
    const needed = 'is needed: consent must be demonstrable, with what the person was told (GDPR art. 7(1))'
    if (evidence.text === undefined) throw invalid('/evidence/text', needed)
    if (evidence.textVersion === undefined) throw invalid('/evidence/textVersion', needed)
  }
  return {
    source: evidence.source,
    collectedAt: collectedAt > now ? now : collectedAt,
    wording: evidence.text ?? null,
    textVersion: evidence.textVersion ?? null,
    ip: evidence.ip ?? null,
    url: evidence.url ?? null,
  }
}

/** The proof of what is done at this moment by a call of the API, without more being said. */
export function evidenceOfCall(clock: Clock, text?: string): Evidence {
  return { source: 'API', collectedAt: clock.now().toISOString(), text }
}
