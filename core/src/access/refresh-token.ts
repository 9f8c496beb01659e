/**
 * Refresh tokens: opaque to clients, one live per session. `envoi_refresh_` and, in base64url, the account, the session, a nonce
 * and a MAC over all of them: 16 bytes each.
 *
 * The MAC tells a token of ours from one that somebody has put together. So a replay (RFC 9700, section 4.14.2) is recognised
 * by the token alone, however old, and knowing the id of a session, which lists and logs show, is worth nothing.
 *
 * The nonce of a successor is derived from the token before it. So the same token always has the same successor, which can be
 * given again, although only hashes are kept.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Keys } from '../crypto/keys.ts'

const prefix = 'envoi_refresh_'
const macBytes = 16

export const hashRefreshToken = (token: string) => new Uint8Array(createHash('sha256').update(token).digest())

/** The first token of a session. */
export function generateRefreshToken(keys: Keys, accountId: string, sessionId: string): string {
  const ids = Buffer.from((accountId + sessionId).replaceAll('-', ''), 'hex')
  return sealed(keys, Buffer.concat([ids, randomBytes(16)]))
}

/** The one that comes in the place of a token. */
export function nextRefreshToken(keys: Keys, token: string): string {
  const ids = bytesOf(token).subarray(0, 32)
  const nonce = createHmac('sha256', keys.derive('refresh-token-successor')).update(token).digest()
  return sealed(keys, Buffer.concat([ids, nonce.subarray(0, 16)]))
}

/** Which session a token says it is of; nothing is proven by that. null for what has another form. */
export function parseRefreshToken(token: string): { accountId: string; sessionId: string } | null {
  const bytes = bytesOf(token)
  // decoding is lenient: of all spellings of the same bytes one is ours
  if (bytes.length !== 64 || prefix + bytes.toString('base64url') !== token) return null
  return { accountId: uuidAt(bytes, 0), sessionId: uuidAt(bytes, 16) }
}

/** Whether we have given this token to somebody, now or long ago. */
export function isOwnRefreshToken(keys: Keys, token: string): boolean {
  const bytes = bytesOf(token)
  const body = bytes.subarray(0, -macBytes)
  const mac = bytes.subarray(-macBytes)
  return mac.length === macBytes && timingSafeEqual(mac, macOf(keys, body))
}

const sealed = (keys: Keys, body: Buffer) =>
  prefix + Buffer.concat([body, macOf(keys, body)]).toString('base64url')

const macOf = (keys: Keys, body: Uint8Array) =>
  createHmac('sha256', keys.derive('refresh-token')).update(body).digest().subarray(0, macBytes)

const bytesOf = (token: string) =>
  Buffer.from(token.startsWith(prefix) ? token.slice(prefix.length) : '', 'base64url')

function uuidAt(bytes: Buffer, offset: number): string {
  return bytes
    .toString('hex', offset, offset + 16)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
