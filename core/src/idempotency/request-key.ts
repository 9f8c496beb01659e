/**
 * A request that a client may send again carries an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header); its first answer is
 * kept for 24 hours. Answers may hold secrets and personal data, so they are sealed under the key itself, of which only a
 * hash is kept: without the client's header nobody can read them.
 */
import { createHash, createHmac } from 'node:crypto'

export interface RepeatableRequest {
  /** The client's Idempotency-Key. */
  key: string
  operationId: string
  /** What makes it this request and no other. */
  content: string
}

/** What is answered again. */
export interface KeptAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** How long an answer is kept. */
export const keptMs = 24 * 3_600_000

/**
 * After this long a request without an answer was lost with its process: no transaction lives longer than a minute. What it was to do
 * may have been done, so a second attempt meets the rules that a new request would meet.
 */
export const lostAfterMs = 2 * 60_000

export const storedKey = (key: string) => createHash('sha256').update(key).digest('base64url')
export const sealPurpose = (key: string) => `idempotency:${key}`

/** Keyed by the client's key, which is not kept: nobody can find out by trying whose address a request was about. */
export const fingerprintOf = ({ key, content }: RepeatableRequest) =>
  new Uint8Array(createHmac('sha256', key).update(content).digest())
