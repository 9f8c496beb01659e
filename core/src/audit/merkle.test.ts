import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leafHash, merkleRoot } from './merkle.ts'

const sha256 = (...parts: (string | Buffer)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()

/** MTH as RFC 6962, section 2.1, defines it: split at the largest power of two below the number of leaves. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return leaves[0] ?? Buffer.alloc(0)
  const split = 2 ** Math.floor(Math.log2(leaves.length - 1))
  return sha256('\u0001', treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)))
}

test('is the Merkle tree hash of RFC 6962, for any number of leaves', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 70 }), (contents) => {
      const leaves = contents.map(leafHash)
      expect(merkleRoot(leaves)).toEqual(treeHash(leaves))
    }),
  )
})
