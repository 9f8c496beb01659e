/**
 * Refresh tokens: opaque, one live per session. The token names its session, so that one presented twice is recognised
 * as a replay (RFC 9700, section 4.14.2) rather than as garbage: `envoi_refresh_<account><session><secret>`, base64url.
 */
import { createHash, randomBytes } from 'node:crypto'

const prefix = 'envoi_refresh_'

export const hashRefreshToken = (token: string) => new Uint8Array(createHash('sha256').update(token).digest())

export function generateRefreshToken(accountId: string, sessionId: string): string {
  const ids = Buffer.from((accountId + sessionId).replaceAll('-', ''), 'hex')
  return prefix + Buffer.concat([ids, randomBytes(32)]).toString('base64url')
}

export function parseRefreshToken(token: string): { accountId: string; sessionId: string } | null {
  const bytes = Buffer.from(token.startsWith(prefix) ? token.slice(prefix.length) : '', 'base64url')
  if (bytes.length !== 64) return null
  return { accountId: uuidAt(bytes, 0), sessionId: uuidAt(bytes, 16) }
}

function uuidAt(bytes: Buffer, offset: number): string {
  return bytes
    .toString('hex', offset, offset + 16)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
