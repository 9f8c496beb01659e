import { leavesOf, sealHash, tombstoneProofs } from '../consents/ledger-seal.ts'
import { type LineRow, lineHash } from '../consents/line-hash.ts'
import type { Context } from '../context.ts'
import { differences, packLeaves, unpackLeaves } from '../seals/leaves.ts'
import { type ArchivedLog, bytesOf } from './archived-log.ts'

export interface LedgerSealRow {
  sequence: number
  to_id: string
  lines: number
  total: number
  leaves: string
  hash: string
  sealed_at: string
}

/** The consent ledger of an archive. */
export function archivedLedger() {
  const packed: Buffer[] = []
  const seals: LedgerSealRow[] = []
  const tombstones = new Map<string, string>()
  return {
    seals,
    see(table: string, line: string): void {
      if (table === 'consent_event') {
        const row = JSON.parse(line) as LineRow
        packed.push(packLeaves([{ id: row.id, hash: lineHash(row) }]))
      }
      if (table === 'consent_seal') seals.push(JSON.parse(line) as LedgerSealRow)
      if (table === 'consent_tombstone') {
        const { id, proof } = JSON.parse(line) as { id: string; proof: string }
        tombstones.set(id, proof.slice(2))
      }
    },
    verify(context: Context): ArchivedLog {
      const lines = leavesOf(context, unpackLeaves(Buffer.concat(packed)))
      let previous: Uint8Array | null = null
      let [from, entries] = [0, 0]
      for (const row of seals) {
        const seal = {
          sequence: row.sequence,
          toId: row.to_id,
          lines: row.lines,
          total: BigInt(row.total),
          leaves: bytesOf(row.leaves),
          sealedAt: new Date(row.sealed_at),
        }
        const hash = bytesOf(row.hash)
        const after = lines.findIndex(({ id }, index) => index >= from && id > seal.toId)
        const stored = lines.slice(from, after < 0 ? lines.length : after)
        const sealed = unpackLeaves(seal.leaves)
        const proofs = tombstoneProofs(context, sealed)
        const erased = new Map(sealed.map(({ id }, index) => [id, proofs[index]?.toString('hex')]))
        const isWrong = differences(sealed, stored).some(
          ({ id, is }) => is !== 'missing' || tombstones.get(id) !== erased.get(id),
        )
        if (isWrong || !sealHash(context, seal, previous).equals(hash))
          return { entries, seals: seals.length, firstBreak: seal.sequence }
        entries += stored.length
        from += stored.length
        previous = hash
      }
      return { entries, seals: seals.length, firstBreak: null }
    },
  }
}
