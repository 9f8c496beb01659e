import type { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { lowestIdAt } from '../ids.ts'

export interface AuditFilter {
  action?: string
  kind?: string
  targetId?: string
  actorType?: string
  actorId?: string
  outcome?: string
  /** RFC 3339; events from then on. */
  since?: string
  /** RFC 3339; events before then. */
  until?: string
}

/** Times are bounds of the id, which bears its own: so they choose partitions and the stretch of the primary key that is read. */
export function auditFilter(
  { scope }: Context,
  { since, until, action, kind, targetId, actorType, actorId, outcome }: AuditFilter,
): Prisma.AuditEventWhereInput {
  const from = since === undefined ? undefined : new Date(since)
  const to = until === undefined ? undefined : new Date(until)
  const bounds = {
    ...(from === undefined ? {} : { gte: lowestIdAt(from) }),
    ...(to === undefined ? {} : { lt: lowestIdAt(to) }),
  }
  // of reads that were counted together it is one of several
  const about = targetId === undefined ? {} : { OR: [{ targetId }, { targetIds: { has: targetId } }] }
  return { ...scope, AND: [{ id: bounds }, { action, kind, actorType, actorId, outcome }, about] }
}
