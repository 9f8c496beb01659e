import type { Context } from '../context.ts'
import type { LogHead } from './log-head.ts'
import { isGenuineMarker, readMarker } from './prune-marker.ts'

/** Whether the log in the tables has the seal that somebody recorded as its head, or has had it until its retention was over. */
export async function hasSeal(
  context: Context,
  { log, sequence, hash }: Pick<LogHead, 'log' | 'sequence' | 'hash'>,
): Promise<boolean> {
  const { db, accountId } = context
  const where = { accountId_sequence: { accountId, sequence } }
  const select = { hash: true }
  const seals = {
    audit: () => db.auditSeal.findUnique({ where, select }),
    consents: () => db.consentSeal.findUnique({ where, select }),
    records: () => db.recordSeal.findUnique({ where, select }),
  }
  const seal = await seals[log]()
  if (seal !== null) return Buffer.from(seal.hash).equals(hash)
  const marker = log === 'audit' ? await readMarker(context) : null
  if (marker === null || marker.sequence < sequence || !isGenuineMarker(context, marker)) return false
  return marker.sequence > sequence || Buffer.from(marker.hash).equals(hash)
}
