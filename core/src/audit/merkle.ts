import { createHash } from 'node:crypto'

/** Merkle tree hash of RFC 6962, section 2.1: leaves and nodes are told apart, so that neither passes for the other. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  let level: readonly Buffer[] = leaves
  if (level.length === 0) return createHash('sha256').digest()
  while (level.length > 1) {
    const above: Buffer[] = []
    for (let index = 0; index < level.length; index += 2) {
      const [left, right] = level.slice(index, index + 2)
      // the last of an odd number goes up as it is: the same tree as by splitting at powers of two
      if (left !== undefined) above.push(right === undefined ? left : nodeHash(left, right))
    }
    level = above
  }
  return level[0] ?? Buffer.alloc(0)
}

export const leafHash = (content: string): Buffer =>
  createHash('sha256').update('\u0000').update(content).digest()

const nodeHash = (left: Buffer, right: Buffer): Buffer =>
  createHash('sha256').update('\u0001').update(left).update(right).digest()
