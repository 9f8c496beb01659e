/** An authenticator app, as somebody else wrote it: RFC 6238 over Node's HMAC. */
import { createHmac } from 'node:crypto'
import type { TestAccount, TestServer } from './fixture.ts'

export interface Authenticator {
  secret: string
  recoveryCodes: string[]
  /** The code of the present moment. */
  now(): string
  /** A code that has not been used: half a minute later. */
  next(): string
}

/** The owner sets up codes. */
export async function enrol(
  { platform }: TestServer,
  { api, ownerPassword: password }: TestAccount,
): Promise<Authenticator> {
  const { secret } = await api.totp.begin({ password })
  const now = () => codeAt(secret, platform.clock.now())
  const { recoveryCodes } = await api.totp.confirm({ code: now() })
  return {
    secret,
    recoveryCodes,
    now,
    next() {
      platform.clock.advance(30_000)
      return now()
    },
  }
}

export function codeAt(secret: string, instant: Date): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(instant.getTime() / 30_000)))
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest()
  // RFC 4226, section 5.3
  const offset = (mac.at(-1) ?? 0) & 15
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  const bytes = bits.join('').match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}
