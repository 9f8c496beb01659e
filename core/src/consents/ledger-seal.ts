/**
 * How the consent ledger is sealed. The hashes of its chains are plain, so that anybody can recompute a line; so can somebody with
 * rights on the database who rewrites one. A job therefore seals the lines some minutes after they were written, stretch by stretch
 * in the order of their ids, under keys that are not in the database. The import of a hundred thousand lines pays nothing for it.
 *
 * Of each line a seal holds the id and a KEYED hash of its hash: with a plain one, and the id of a contact out of the audit log, the
 * address of somebody who was erased could be found by trying.
 */
import { createHmac } from 'node:crypto'
import type { Context } from '../context.ts'
import { type Leaf, packId } from '../seals/leaves.ts'
import { type Stretch, stretchHash } from '../seals/stretch-hash.ts'

type Keyed = Pick<Context, 'keys' | 'accountId'>

export interface SealedLine {
  id: string
  /** Of the whole line, as the database computes it. */
  hash: Uint8Array
}

export function leavesOf({ keys, accountId }: Keyed, lines: readonly SealedLine[]): Leaf[] {
  const key = keys.derive(`consents:line:${accountId}`)
  return lines.map(({ id, hash }) => ({
    id,
    hash: createHmac('sha256', key).update(packId(id)).update(hash).digest(),
  }))
}

/**
 * What an erasure leaves of a line: a proof that the platform let go the line with this very content. One that was changed before, or
 * put under another contact to be erased with them, leaves a proof that does not fit its seal.
 */
export function tombstoneProofs({ keys, accountId }: Keyed, leaves: readonly Leaf[]): Buffer[] {
  const key = keys.derive(`consents:tombstone:${accountId}`)
  return leaves.map(({ id, hash }) => createHmac('sha256', key).update(packId(id)).update(hash).digest())
}

/** The hash of a seal, over all it says and the seal before it. */
export function sealHash({ keys, accountId }: Keyed, seal: Stretch, previous: Uint8Array | null): Buffer {
  return stretchHash(keys.derive(`consents:seal:${accountId}`), seal, previous)
}
