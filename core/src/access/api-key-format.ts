/**
 * `envoi_live_<random>_<checksum>`, `envoi_test_…` of test mode: 160 random bits and a CRC-32 of what precedes, in base 62. A
 * mistyped key is refused without a look at the database, and secret scanners can tell a real key from a look-alike.
 */
import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const format = /^(envoi_(?:live|test)_[0-9A-Za-z]{27})_([0-9A-Za-z]{6})$/

function base62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = digits[Number(rest % 62n)] + text
  return text
}

const checksum = (body: string) => base62(BigInt(crc32(body)), 6)

export function generateApiKey({ testMode }: { testMode: boolean }): string {
  const body = `envoi_${testMode ? 'test' : 'live'}_${base62(BigInt(`0x${randomBytes(20).toString('hex')}`), 27)}`
  return `${body}_${checksum(body)}`
}

export function isWellFormedApiKey(text: string): boolean {
  const [, body, sum] = format.exec(text) ?? []
  return body !== undefined && checksum(body) === sum
}

/** How a key is found: it has 160 bits, so a plain SHA-256 cannot be searched. */
export function apiKeyLookup(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(key).digest())
}

/** What of a key may be shown again. */
export const apiKeyHint = (key: string) => key.slice(0, 15)
