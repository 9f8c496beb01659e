/**
 * A request that a client may send again carries an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header); its first answer is
 * kept for 24 hours. Answers may hold personal data, so they are sealed under the key itself, of which only a hash is kept: without
 * the client's header nobody can read them. Secrets that are told once are not kept at all.
 */
import { createHash, createHmac } from 'node:crypto'
import type { Shown } from '../audit/sight.ts'

export interface RepeatableRequest {
  /** The client's Idempotency-Key, as that of who sends it: the same from somebody else is another one. */
  key: string
  operationId: string
  /** What makes it this request and no other. */
  content: string
}

/** A key that a request has to itself. */
export interface Reservation {
  key: string
  /** Tells it from a later one of the same key, by somebody who took the request for lost. */
  reservedAt: Date
}

/** What is answered again. */
export interface KeptAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** An answer as it is to be kept. */
export interface GivenAnswer extends KeptAnswer {
  /** Whether it tells something that is told once: that is not kept. */
  isSecret: boolean
  /** Where it was asked for: the path names whom it is about. */
  url: string
}

/** An answer that may be given again, and whom it shows unmasked. */
export interface Replay extends KeptAnswer {
  shown: Shown | null
}

/** Why an answer that there was is not given again. */
export type Withheld = 'secret' | 'erased' | 'masked'

/** How long an answer is kept. */
export const keptMs = 24 * 3_600_000

/**
 * After this long a request without an answer was lost with its process, and what it was to do was not done: effect and answer commit
 * together, and no transaction lives longer than a minute.
 */
export const lostAfterMs = 2 * 60_000

export const storedKey = (key: string) => createHash('sha256').update(key).digest('base64url')
export const sealPurpose = (key: string) => `idempotency:${key}`

/** Keyed by the client's key, which is not kept: nobody can find out by trying whose address a request was about. */
export const fingerprintOf = ({ key, content }: RepeatableRequest) =>
  new Uint8Array(createHmac('sha256', key).update(content).digest())
