/**
 * The audit log in an archive verifies as it did in the database: with the seals in it, and the key that seals them, which is in neither.
 */
import type { AuditEvent } from '@envoi/prisma'
import { type Leaf, leafOf, packLeaves, rootOf, sealHash, unpackLeaves } from '../audit/seal.ts'
import type { Context } from '../context.ts'

export interface ArchivedAudit {
  /** Events that are sealed, and hold; after a break they are not looked at. */
  events: number
  seals: number
  /** The first seal that does not hold. */
  firstBreak: number | null
}

interface SealRow {
  sequence: number
  to_id: string
  events: number
  leaves: string
  root: string
  hash: string
  sealed_at: string
}

/** Collects the log while the archive is read, 48 bytes for each event. */
export function auditCollector(): {
  see(table: string, line: string): void
  verify(context: Context): ArchivedAudit
} {
  const packed: Buffer[] = []
  const seals: SealRow[] = []
  let anchor: { hash: string } | null = null
  return {
    see(table, line) {
      if (table === 'audit_event') packed.push(packLeaves([leafOf(eventOf(JSON.parse(line)))]))
      if (table === 'audit_seal') seals.push(JSON.parse(line) as SealRow)
      if (table === 'audit_anchor') anchor = JSON.parse(line) as { hash: string }
    },
    verify(context) {
      const leaves = unpackLeaves(Buffer.concat(packed))
      let previous = anchor === null ? null : bytesOf((anchor as { hash: string }).hash)
      let events = 0
      for (const seal of seals) {
        const hash = bytesOf(seal.hash)
        if (!holds(context, seal, leaves.slice(events, events + seal.events), previous))
          return { events, seals: seals.length, firstBreak: seal.sequence }
        events += seal.events
        previous = hash
      }
      return { events, seals: seals.length, firstBreak: null }
    },
  }
}

function holds(context: Context, row: SealRow, stored: Leaf[], previous: Buffer | null): boolean {
  const seal = {
    sequence: row.sequence,
    toId: row.to_id,
    events: row.events,
    leaves: new Uint8Array(bytesOf(row.leaves)),
    root: new Uint8Array(bytesOf(row.root)),
    sealedAt: new Date(row.sealed_at),
  }
  return (
    packLeaves(stored).equals(seal.leaves) &&
    rootOf(stored).equals(seal.root) &&
    sealHash(context, seal, previous).equals(bytesOf(row.hash))
  )
}

/** As Postgres writes bytes in JSON: `\x0a1b…`. */
const bytesOf = (text: string) => Buffer.from(text.slice(2), 'hex')

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
