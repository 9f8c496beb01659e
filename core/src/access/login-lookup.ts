import { createHmac } from 'node:crypto'
import type { Keys } from '../crypto/keys.ts'

/** Where the login of an address is found, without the address. */
export function loginLookup(keys: Keys, email: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    createHmac('sha256', keys.derive('login')).update(email.trim().toLowerCase()).digest(),
  )
}
