/**
 * The keys that sign access tokens: Ed25519 (RFC 8037), sealed under the master key, shared by all processes. They change by
 * the clock and overlap, so that nobody notices: a new key is published first (`announceMs`, longer than anybody keeps the
 * published set), then signs, and its predecessor is accepted for as long as a token that it signed last may live, and longer.
 *
 * When a key signs and when it is over follows from the times at which the keys were made: whether the job that makes and
 * deletes them came in time changes how old a key gets, never which tokens are good.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import type { Platform } from '../context.ts'

const HOUR_MS = 3_600_000

export const tokenKeyPurpose = 'access-token'
/** A key is replaced at this age. */
export const rotateAfterMs = 30 * 24 * HOUR_MS
/** How long a key is published before it signs. */
export const announceMs = HOUR_MS
/** How long a key is accepted after another one has begun to sign; an access token lives ten minutes. */
export const overlapMs = HOUR_MS

export interface TokenKey {
  id: string
  createdAt: Date
  privateKey: KeyObject
  publicKey: KeyObject
}

type Dated = Pick<TokenKey, 'id' | 'createdAt'>

/** The key that signs now: the newest that has been published for long enough; else the first there is. Oldest first, as given. */
export function signingKey<K extends Dated>(keys: readonly K[], now: Date): K | undefined {
  return keys.findLast(({ createdAt }) => now.getTime() - createdAt.getTime() >= announceMs) ?? keys[0]
}

/** Those whose tokens are good: what signs, what will, and what did until a while ago. */
export function acceptedKeys<K extends Dated>(keys: readonly K[], now: Date): K[] {
  const signing = signingKey(keys, now)
  const current = keys.findIndex(({ id }) => id === signing?.id)
  return keys.filter((_, index) => {
    const successor = keys[index + 1]
    if (index >= current || successor === undefined) return true
    return now.getTime() - successor.createdAt.getTime() < announceMs + overlapMs
  })
}

/** All that are kept, oldest first. */
export async function readTokenKeys(platform: Platform): Promise<TokenKey[]> {
  const stored = await platform.db.platformKey.findMany({
    where: { purpose: tokenKeyPurpose },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
  return stored.map(({ id, createdAt, sealed }) => {
    const der = platform.keys.open(sealed, tokenKeyPurpose)
    const privateKey = createPrivateKey({ key: der, type: 'pkcs8', format: 'der' })
    return { id, createdAt, privateKey, publicKey: createPublicKey(privateKey) }
  })
}
