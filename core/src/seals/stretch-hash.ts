import { createHmac } from 'node:crypto'

/** A sealed stretch of a log that is sealed in the order of its ids. */
export interface Stretch {
  /** 1 for the first one, then one more each. */
  sequence: number
  toId: string
  /** How many entries it has. */
  lines: number
  /** Entries sealed since the beginning. */
  total: bigint
  leaves: Uint8Array
  sealedAt: Date
}

/** The keyed hash of a seal, over all it says and the seal before it. */
export function stretchHash(
  key: Buffer,
  { sequence, toId, lines, total, leaves, sealedAt }: Stretch,
  previous: Uint8Array | null,
): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify([sequence, toId, lines, String(total), sealedAt.toISOString(), leaves.length]))
    .update(leaves)
    .update(previous ?? '')
    .digest()
}
