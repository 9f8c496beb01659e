/**
 * Some rows are promises: an address that is not written to, a receipt, a step of a vetting, how long the audit log is kept. Each
 * time one is written, changed or deleted by the platform, an entry says so (`record_entry`), in the same transaction: what the
 * row says from then on, as a hash under a key that is not in the database. Whoever changes a row by hand cannot make the entry
 * that goes with it, nor put an earlier one in its place, since entries of a row are numbered. Entries are sealed as the lines of
 * the consent ledger are: none can go unseen.
 */
import { createHmac } from 'node:crypto'
import type { Context } from '../context.ts'
import { type Leaf, packId } from '../seals/leaves.ts'

/** What a row says, in a fixed order; null for one that is gone. */
export type Content = readonly (string | number | null | readonly (readonly [string, unknown])[])[] | null

export interface Entry {
  id: string
  kind: string
  subjectId: string
  /** From 1, by row: which entry is the last does not depend on clocks. */
  version: number
  hash: Uint8Array
}

type Keyed = Pick<Context, 'keys' | 'accountId'>

export function entryHash(
  { keys, accountId }: Keyed,
  { kind, subjectId, version }: Pick<Entry, 'kind' | 'subjectId' | 'version'>,
  content: Content,
): Buffer {
  return createHmac('sha256', keys.derive(`records:entry:${accountId}`))
    .update(JSON.stringify([kind, subjectId, version, content]))
    .digest()
}

/** What a seal holds of entries. */
export function leavesOfEntries({ keys, accountId }: Keyed, entries: readonly Entry[]): Leaf[] {
  const key = keys.derive(`records:line:${accountId}`)
  return entries.map(({ id, kind, subjectId, version, hash }) => ({
    id,
    hash: createHmac('sha256', key)
      .update(packId(id))
      .update(JSON.stringify([kind, subjectId, version]))
      .update(hash)
      .digest(),
  }))
}

/** Members of a column of JSON, in an order of their own. */
export const members = (json: unknown): (readonly [string, unknown])[] =>
  Object.entries((json ?? {}) as object).sort(([a], [b]) => (a < b ? -1 : 1))
