import type { AuditAnchor, AuditSeal } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { timeOfId } from '../ids.ts'
import { isGenuine, readAnchor, type StretchEnd } from './anchor.ts'
import { type Leaf, leafOf, rootOf, sealHash, unpackLeaves } from './seal.ts'
import { readWitness } from './witness.ts'

export type AuditProblem =
  | 'event_changed'
  | 'event_missing'
  | 'event_inserted'
  | 'seal_changed'
  | 'seal_missing'

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

/** Recomputes the sealed audit log of the account, seal by seal, and names the first place where it does not hold. */
export async function verifyAudit(context: Context): Promise<AuditVerdict> {
  for (;;) {
    const anchor = await readAnchor(context)
    const verdict = await verifyFrom(context, anchor)
    // when old events were deleted meanwhile, what looks like a hole may be none
    if (verdict.firstBreak === null || (await readAnchor(context))?.sequence === anchor?.sequence)
      return verdict
  }
}

async function verifyFrom(context: Context, anchor: AuditAnchor | null): Promise<AuditVerdict> {
  const { db, scope } = context
  // before the seals are read: what is witnessed must be among them
  const witness = await readWitness(context)
  let last: StretchEnd | null = anchor
  let events = 0
  let firstBreak = anchor === null ? null : await breakAt(context, anchor)
  while (firstBreak === null) {
    const seal: AuditSeal | null = await db.auditSeal.findFirst({
      where: { ...scope, sequence: { gt: last?.sequence ?? 0 } },
      orderBy: { sequence: 'asc' },
    })
    if (seal === null) break
    firstBreak = await breakIn(context, seal, last)
    if (firstBreak === null) events += seal.events
    if (witness?.sequence === seal.sequence && witness.hash !== hexOf(seal.hash))
      firstBreak ??= { seal: seal.sequence, eventId: null, problem: 'seal_changed' }
    last = seal
  }
  if (witness !== null && witness.sequence > (last?.sequence ?? 0))
    firstBreak ??= { seal: (last?.sequence ?? 0) + 1, eventId: null, problem: 'seal_missing' }
  const head = await db.auditSeal.findFirst({ where: scope, orderBy: { sequence: 'desc' } })
  const sealedTo = head?.toId ?? anchor?.toId ?? lowestId
  return {
    events,
    seals: await db.auditSeal.count({ where: scope }),
    unsealed: await db.auditEvent.count({ where: { ...scope, id: { gt: sealedTo } } }),
    head: head === null ? null : hexOf(head.hash),
    sealedAt: head?.sealedAt ?? null,
    keptSince: anchor === null ? null : timeOfId(anchor.toId),
    firstBreak,
  }
}

/** Before the anchor there is nothing any more: what is found there was put in. */
async function breakAt(context: Context, anchor: AuditAnchor): Promise<AuditVerdict['firstBreak']> {
  const { sequence: seal, toId } = anchor
  if (!isGenuine(context, anchor)) return { seal, eventId: null, problem: 'seal_changed' }
  const inserted = await context.db.auditEvent.findFirst({
    where: { ...context.scope, id: { lte: toId } },
    orderBy: { id: 'asc' },
    select: { id: true },
  })
  return inserted === null ? null : { seal, eventId: inserted.id, problem: 'event_inserted' }
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

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
  const difference = firstDifference(leaves, stored.map(leafOf))
  return difference === null ? null : found(difference.problem, difference.id)
}

/** Both are in the order of their ids. */
function firstDifference(
  sealed: readonly Leaf[],
  stored: readonly Leaf[],
): { id: string; problem: AuditProblem } | null {
  for (let index = 0; index < Math.max(sealed.length, stored.length); index++) {
    const [was, is] = [sealed[index], stored[index]]
    if (is !== undefined && (was === undefined || is.id < was.id))
      return { id: is.id, problem: 'event_inserted' }
    if (was !== undefined && (is === undefined || was.id < is.id))
      return { id: was.id, problem: 'event_missing' }
    if (was !== undefined && is !== undefined && !was.hash.equals(is.hash))
      return { id: was.id, problem: 'event_changed' }
  }
  return null
}
