/**
 * The logs in an archive verify as they did in the database: with the seals and heads in it, and the keys that made them, which are in
 * neither.
 */
import type { Context } from '../context.ts'
import { isGenuineHead, type LogName } from '../seals/log-head.ts'
import { type AuditSealRow, archivedAudit } from './archived-audit.ts'
import { archivedLedger, type LedgerSealRow } from './archived-ledger.ts'
import { type ArchivedLog, bytesOf } from './archived-log.ts'
import { archivedRecords } from './archived-records.ts'

interface HeadRow {
  log: LogName
  sequence: number
  total: number
  hash: string
  proof: string
}

/** Collects the logs while the archive is read, 48 bytes for each entry. */
export function logCollector(): {
  see(table: string, line: string): void
  verify(context: Context): Record<LogName, ArchivedLog>
} {
  const audit = archivedAudit()
  const ledger = archivedLedger()
  const records = archivedRecords()
  const heads: HeadRow[] = []
  return {
    see(table, line) {
      if (table === 'log_head') heads.push(JSON.parse(line) as HeadRow)
      audit.see(table, line)
      ledger.see(table, line)
      records.see(table, line)
    },
    verify(context) {
      const end = (log: LogName, found: ArchivedLog, seals: (AuditSealRow | LedgerSealRow)[]) =>
        isEnd(context, log, seals, heads)
          ? found
          : { ...found, firstBreak: found.firstBreak ?? seals.length + 1 }
      return {
        audit: end('audit', audit.verify(context), audit.seals),
        consents: end('consents', ledger.verify(context), ledger.seals),
        records: end('records', records.verify(context), records.seals),
      }
    },
  }
}

/** Whether the last seal of a log is the one that its head names: none is missing at the end. */
function isEnd(
  context: Context,
  log: LogName,
  seals: { sequence: number; hash: string }[],
  heads: HeadRow[],
): boolean {
  const last = seals.at(-1)
  const row = heads.find((head) => head.log === log)
  if (row === undefined) return last === undefined
  const { sequence, total } = row
  const head = { log, sequence, total: BigInt(total), hash: bytesOf(row.hash), proof: bytesOf(row.proof) }
  if (!isGenuineHead(context, head)) return false
  // all that it was the head of is gone, at the end of its retention
  if (last === undefined) return log === 'audit'
  return last.sequence === sequence && last.hash === row.hash
}
