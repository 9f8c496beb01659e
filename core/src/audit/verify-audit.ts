import type { AuditSeal } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { type Leaf, leafOf, rootOf, sealHash, unpackLeaves } from './seal.ts'

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
  firstBreak: { seal: number; eventId: string | null; problem: AuditProblem } | null
}

const lowestId = '00000000-0000-0000-0000-000000000000'

/** Recomputes the sealed audit log of the account, seal by seal, and names the first place where it does not hold. */
export async function verifyAudit(context: Context): Promise<AuditVerdict> {
  const { db, scope } = context
  let last = null as AuditSeal | null
  let events = 0
  let firstBreak: AuditVerdict['firstBreak'] = null
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
  const head = await db.auditSeal.findFirst({ where: scope, orderBy: { sequence: 'desc' } })
  const unsealed = await db.auditEvent.count({ where: { ...scope, id: { gt: head?.toId ?? lowestId } } })
  return {
    events,
    seals: await db.auditSeal.count({ where: scope }),
    unsealed,
    head: head === null ? null : Buffer.from(head.hash).toString('hex'),
    sealedAt: head?.sealedAt ?? null,
    firstBreak,
  }
}

async function breakIn(
  context: Context,
  seal: AuditSeal,
  previous: AuditSeal | null,
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
