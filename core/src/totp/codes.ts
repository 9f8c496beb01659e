/**
 * Codes by time (RFC 6238): SHA-1, six digits, thirty seconds, as every authenticator app has them. A code is accepted one step
 * early or late, for clocks that differ (section 5.2, and section 6 for resynchronisation).
 */
import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import type { Context } from '../context.ts'

/** As long as the output of the hash (RFC 4226, section 4, R6). */
const seedBytes = 20
const period = 30
const window = 1

export const newSeed = (): Buffer => randomBytes(seedBytes)

function totpOf(seed: Uint8Array, label = ''): TOTP {
  const secret = new Secret({ buffer: new Uint8Array(seed).buffer })
  return new TOTP({ issuer: 'Envoi', label, secret, algorithm: 'SHA1', digits: 6, period })
}

/** What an app is given: the seed in base32, and the same as an address for a QR code. */
export function enrolmentOf(seed: Uint8Array, label: string): { secret: string; url: string } {
  const totp = totpOf(seed, label)
  return { secret: totp.secret.base32, url: totp.toString() }
}

/** The time step that a code belongs to; null for one that is wrong at this time. */
export function stepOf(seed: Uint8Array, code: string, now: Date): number | null {
  if (!/^[0-9]{6}$/.test(code)) return null
  const totp = totpOf(seed)
  const timestamp = now.getTime()
  const delta = totp.validate({ token: code, timestamp, window })
  return delta === null ? null : totp.counter({ timestamp }) + delta
}

/** A seed is sealed for its user: one that was moved to another row does not open. */
export const seedUse = ({ accountId }: Context, userId: string) => `totp:${accountId}:${userId}`
