import type { AuditEvent } from '@envoi/prisma'
import { leafOf, rootOf, sealHash } from '../audit/seal.ts'
import type { Context } from '../context.ts'
import { type Leaf, packLeaves, unpackLeaves } from '../seals/leaves.ts'
import { type ArchivedLog, bytesOf } from './archived-log.ts'

export interface AuditSealRow {
  sequence: number
  to_id: string
  events: number
  leaves: string
  root: string
  hash: string
  sealed_at: string
}

/** The audit log of an archive. */
export function archivedAudit() {
  const packed: Buffer[] = []
  const seals: AuditSealRow[] = []
  let marker: { hash: string } | null = null
  return {
    seals,
    see(table: string, line: string): void {
      if (table === 'audit_event') packed.push(packLeaves([leafOf(eventOf(JSON.parse(line)))]))
      if (table === 'audit_seal') seals.push(JSON.parse(line) as AuditSealRow)
      if (table === 'audit_anchor') marker = JSON.parse(line) as { hash: string }
    },
    verify(context: Context): ArchivedLog {
      const leaves = unpackLeaves(Buffer.concat(packed))
      let previous = marker === null ? null : bytesOf((marker as { hash: string }).hash)
      let entries = 0
      for (const seal of seals) {
        const stretch = leaves.slice(entries, entries + seal.events)
        if (!holds(context, seal, stretch, previous))
          return { entries, seals: seals.length, firstBreak: seal.sequence }
        entries += seal.events
        previous = bytesOf(seal.hash)
      }
      return { entries, seals: seals.length, firstBreak: null }
    },
  }
}

function holds(context: Context, row: AuditSealRow, stored: Leaf[], previous: Uint8Array | null): boolean {
  const seal = {
    sequence: row.sequence,
    toId: row.to_id,
    events: row.events,
    leaves: bytesOf(row.leaves),
    root: bytesOf(row.root),
    sealedAt: new Date(row.sealed_at),
  }
  return (
    packLeaves(stored).equals(seal.leaves) &&
    rootOf(stored).equals(seal.root) &&
    sealHash(context, seal, previous).equals(bytesOf(row.hash))
  )
}

/** A row as Prisma would give it. */
function eventOf(row: Record<string, unknown>): AuditEvent {
  const named = Object.fromEntries(
    Object.entries(row).map(([column, value]) => [
      column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )
  return { ...(named as unknown as AuditEvent), at: new Date(String(row.at)) }
}
