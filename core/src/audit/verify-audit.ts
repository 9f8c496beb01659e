import type { AuditSeal } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { timeOfId } from '../ids.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { differences, unpackLeaves } from '../seals/leaves.ts'
import { isGenuineMarker, type PruneMarker, readMarker, type StretchEnd } from '../seals/prune-marker.ts'
import { breakInHeads, type HeadProblem, readRecordedHeads } from '../seals/recorded-heads.ts'
import { leafOf, rootOf, sealHash } from './seal.ts'

export type AuditProblem = 'event_changed' | 'event_missing' | 'event_inserted' | HeadProblem

export interface AuditVerdict {
  /** Events that hold, up to the first break. */
  events: number
  seals: number
  /** Events that are not sealed yet. */
  unsealed: number
  /** The hash of the last seal. */
  head: string | null
  sealedAt: Date | null
  /** Older events were deleted at the end of their retention. */
  keptSince: Date | null
  firstBreak: { seal: number; eventId: string | null; problem: AuditProblem } | null
}

const lowestId = '00000000-0000-0000-0000-000000000000'

/** An account leaves an event when it is opened: by then it is sealed. */
const sealedWithinMs = 24 * 3_600_000

/** Recomputes the sealed audit log of the account, seal by seal, and names the first place where it does not hold. */
export async function verifyAudit(context: Context): Promise<AuditVerdict> {
  for (let tries = 1; ; tries += 1) {
    const marker = await readMarker(context)
    const verdict = await verifyFrom(context, marker)
    const { firstBreak } = verdict
    // when old events were deleted meanwhile, what looks like a hole may be none; nor a head that was just being made
    const isPruned = (await readMarker(context))?.sequence !== marker?.sequence
    if (firstBreak === null || !(isPruned || (firstBreak.problem === 'head_missing' && tries === 1)))
      return verdict
  }
}

async function verifyFrom(context: Context, marker: PruneMarker | null): Promise<AuditVerdict> {
  const { db, scope } = context
  const recorded = await readRecordedHeads(context, 'audit')
  let last: StretchEnd | null = marker
  let events = 0
  let firstBreak = marker === null ? null : await breakAt(context, marker)
  while (firstBreak === null) {
    const seal: AuditSeal | null = await db.auditSeal.findFirst({
      where: { ...scope, sequence: { gt: last?.sequence ?? 0 } },
      orderBy: { sequence: 'asc' },
    })
    if (seal === null) break
    firstBreak = await breakIn(context, seal, last)
    if (firstBreak === null) events += seal.events
    last = seal
  }
  firstBreak ??= await breakAtEnd(context, last?.sequence ?? 0, recorded)
  const head = await db.auditSeal.findFirst({ where: scope, orderBy: { sequence: 'desc' } })
  const sealedTo = head?.toId ?? marker?.toId ?? lowestId
  return {
    events,
    seals: await db.auditSeal.count({ where: scope }),
    unsealed: await db.auditEvent.count({ where: { ...scope, id: { gt: sealedTo } } }),
    head: head === null ? null : Buffer.from(head.hash).toString('hex'),
    sealedAt: head?.sealedAt ?? null,
    keptSince: marker === null ? null : timeOfId(marker.toId),
    firstBreak,
  }
}

async function breakAtEnd(
  context: Context,
  end: number,
  recorded: Awaited<ReturnType<typeof readRecordedHeads>>,
): Promise<AuditVerdict['firstBreak']> {
  const { accountId, clock } = context
  const found = await breakInHeads(context, end, recorded)
  if (found !== null) return { ...found, eventId: null }
  const age = clock.now().getTime() - timeOfId(accountId).getTime()
  const isGone = end === 0 && accountId !== platformAccount && age > sealedWithinMs
  return isGone ? { seal: 1, eventId: null, problem: 'seal_missing' } : null
}

/** Before the prune marker there is nothing any more: what is found there was put in. */
async function breakAt(context: Context, marker: PruneMarker): Promise<AuditVerdict['firstBreak']> {
  const { sequence: seal, toId } = marker
  if (!isGenuineMarker(context, marker)) return { seal, eventId: null, problem: 'seal_changed' }
  const inserted = await context.db.auditEvent.findFirst({
    where: { ...context.scope, id: { lte: toId } },
    orderBy: { id: 'asc' },
    select: { id: true },
  })
  return inserted === null ? null : { seal, eventId: inserted.id, problem: 'event_inserted' }
}

/** Where one sealed stretch does not hold, given the end of the one before. */
export async function breakIn(
  context: Context,
  seal: AuditSeal,
  previous: StretchEnd | null,
): Promise<AuditVerdict['firstBreak']> {
  const { sequence } = seal
  const found = (problem: AuditProblem, eventId: string | null = null) => ({
    seal: sequence,
    eventId,
    problem,
  })
  if (sequence !== (previous?.sequence ?? 0) + 1) return found('seal_missing')
  const leaves = unpackLeaves(seal.leaves)
  const isSound =
    sealHash(context, seal, previous?.hash ?? null).equals(seal.hash) &&
    rootOf(leaves).equals(seal.root) &&
    leaves.length === seal.events
  if (!isSound) return found('seal_changed')
  const stored = await context.db.auditEvent.findMany({
    where: { ...context.scope, id: { gt: previous?.toId ?? lowestId, lte: seal.toId } },
    orderBy: { id: 'asc' },
  })
  const [difference] = differences(leaves, stored.map(leafOf))
  return difference === undefined ? null : found(`event_${difference.is}`, difference.id)
}
