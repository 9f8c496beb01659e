import { asSystem, type Context, type Platform } from '../context.ts'
import { lowestIdAt } from '../ids.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { isLastContent } from '../records/as-recorded.ts'
import { retentionContent } from '../records/record-kinds.ts'
import { doEntriesHold } from '../records/verify-records.ts'
import { isGenuineMarker, markerProof, readMarker } from '../seals/prune-marker.ts'
import { transaction } from '../transaction.ts'
import { auditRetentionOf, keptSince } from './retention.ts'
import { breakIn } from './verify-audit.ts'

/**
 * Deletes audit events whose retention is over, in all accounts, stretch by sealed stretch: what is left stays verifiable
 * from the prune marker on. A stretch that does not hold is evidence, and stays. Answers how many events went.
 */
export async function pruneAudit(platform: Platform, signal: AbortSignal): Promise<number> {
  const now = platform.clock.now()
  // the platform's own keeps to what accounts have unless they choose
  const own = { id: platformAccount, retention: {} }
  const accounts = [own, ...(await platform.db.account.findMany({ select: { id: true, retention: true } }))]
  let pruned = 0
  for (const { id, retention } of accounts) {
    const context = asSystem(platform, id, 'audit.prune')
    const horizon = lowestIdAt(keptSince(now, auditRetentionOf(retention)))
    if (!(await hasOld(context, horizon))) continue
    if (!(await isRetentionAsRecorded(context, retention))) {
      context.log.error(
        { accountId: id },
        'audit events are kept: the retention of the account is not as it was recorded',
      )
      continue
    }
    for (let events: number | null = 0; events !== null; pruned += events ?? 0) {
      signal.throwIfAborted()
      events = await pruneNext(context, horizon)
    }
  }
  return pruned
}

/** The oldest sealed stretch, if all of it is older than the horizon; null when there is none. */
async function pruneNext(context: Context, horizon: string): Promise<number | null> {
  return transaction(context, async (tx) => {
    const seal = await tx.db.auditSeal.findFirst({ where: tx.scope, orderBy: { sequence: 'asc' } })
    if (seal === null || seal.toId >= horizon) return null
    const marker = await readMarker(tx)
    const broken =
      marker !== null && !isGenuineMarker(tx, marker) ? 'marker' : await breakIn(tx, seal, marker)
    if (broken !== null) {
      tx.log.error(
        { accountId: tx.accountId, seal: seal.sequence },
        'audit events are kept: they do not verify',
      )
      return null
    }
    const end = { sequence: seal.sequence, toId: seal.toId, hash: new Uint8Array(seal.hash) }
    const next = { ...end, proof: new Uint8Array(markerProof(tx, end)) }
    const { accountId } = tx
    await tx.db.auditAnchor.upsert({ where: { accountId }, create: { accountId, ...next }, update: next })
    await tx.db.auditSeal.delete({ where: { accountId_sequence: { accountId, sequence: seal.sequence } } })
    const { count } = await tx.db.auditEvent.deleteMany({ where: { ...tx.scope, id: { lte: seal.toId } } })
    return count
  })
}

async function hasOld({ db, scope }: Context, horizon: string): Promise<boolean> {
  const seal = await db.auditSeal.findFirst({
    where: scope,
    orderBy: { sequence: 'asc' },
    select: { toId: true },
  })
  return seal !== null && seal.toId < horizon
}

/**
 * Whether the account itself has said that its log is kept as long as `retention`, the very value that is gone by: one that was
 * put there by other ways prunes nothing, for however short a moment it was there, nor an earlier one whose later entry was taken
 * away. Nor does one from before there were entries, until it has been taken.
 */
async function isRetentionAsRecorded(context: Context, retention: unknown): Promise<boolean> {
  const { accountId } = context
  if (accountId === platformAccount) return true
  const isLast = await isLastContent(context, 'retention', accountId, retentionContent(retention))
  return isLast && (await doEntriesHold(context))
}
