/**
 * All secrets derive from one master key (HKDF, RFC 5869), each for one use, so that none can stand in for another.
 * What must be read back (DKIM keys, platform keys) is sealed with AES-256-GCM.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

export interface Keys {
  /** 32 bytes for one use, named for ever: changing the name changes the key. */
  derive(use: string): Buffer
  seal(plain: Uint8Array, use: string): Buffer
  open(sealed: Uint8Array, use: string): Buffer
}

export function keysFrom(masterKey: Buffer): Keys {
  const cache = new Map<string, Buffer>()
  const fresh = (use: string) => Buffer.from(hkdfSync('sha256', masterKey, 'envoi', use, 32))
  const derive = (use: string): Buffer => {
    const key = cache.get(use) ?? fresh(use)
    if (cache.size < 10_000) cache.set(use, key)
    return key
  }
  return {
    derive,
    seal(plain, use) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', fresh(`seal:${use}`), nonce)
      const body = Buffer.concat([cipher.update(plain), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body])
    },
    open(sealed, use) {
      const bytes = Buffer.from(sealed)
      const decipher = createDecipheriv('aes-256-gcm', fresh(`seal:${use}`), bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()])
    },
  }
}

/**
 * Keyed fingerprint of an address within an account: recognises a value one no longer holds. The key is not in the
 * database, so a copy of the database cannot be searched by trying addresses.
 */
export function fingerprint(
  keys: Keys,
  accountId: string,
  kind: 'email' | 'phone' | 'external_id',
  value: string,
): Buffer {
  return createHmac('sha256', keys.derive(`fingerprint:${accountId}`))
    .update(`${kind}:${value}`)
    .digest()
}
