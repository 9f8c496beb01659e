import type { Context } from '../context.ts'
import { leavesOfEntries } from '../records/entry-hash.ts'
import { recordSealHash } from '../records/seal-records.ts'
import { type Leaf, packLeaves } from '../seals/leaves.ts'
import type { LedgerSealRow } from './archived-ledger.ts'
import { type ArchivedLog, bytesOf } from './archived-log.ts'

interface EntryRow {
  id: string
  kind: string
  subject_id: string
  version: number
  hash: string
}

/** What an archive holds of entries about rows. */
export function archivedRecords() {
  const entries: EntryRow[] = []
  const seals: LedgerSealRow[] = []
  return {
    seals,
    see(table: string, line: string): void {
      if (table === 'record_entry') entries.push(JSON.parse(line) as EntryRow)
      if (table === 'record_seal') seals.push(JSON.parse(line) as LedgerSealRow)
    },
    verify(context: Context): ArchivedLog {
      const leaves = leavesOfEntries(
        context,
        entries.map(({ subject_id, hash, ...entry }) => ({
          ...entry,
          subjectId: subject_id,
          hash: bytesOf(hash),
        })),
      )
      let previous: Uint8Array | null = null
      let from = 0
      for (const row of seals) {
        const stored = leaves.slice(from, from + row.lines)
        if (!holds(context, row, stored, previous))
          return { entries: from, seals: seals.length, firstBreak: row.sequence }
        from += row.lines
        previous = bytesOf(row.hash)
      }
      return { entries: from, seals: seals.length, firstBreak: null }
    },
  }
}

function holds(context: Context, row: LedgerSealRow, stored: Leaf[], previous: Uint8Array | null): boolean {
  const seal = {
    sequence: row.sequence,
    toId: row.to_id,
    lines: row.lines,
    total: BigInt(row.total),
    leaves: bytesOf(row.leaves),
    sealedAt: new Date(row.sealed_at),
  }
  return (
    packLeaves(stored).equals(seal.leaves) &&
    recordSealHash(context, seal, previous).equals(bytesOf(row.hash))
  )
}
