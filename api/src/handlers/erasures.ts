import type { Erasure as ErasureRow } from '@envoi/core/database'
import { type OutOfReach, outOfReach } from '@envoi/core/erasures/out-of-reach'
import { getErasure, listErasures } from '@envoi/core/erasures/read-erasures'
import { contract } from '@envoi/openapi'
import { ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const erasuresHandlers = implement(contract.erasures, {
  list: async ({ query }, context) => page(await listErasures(context, query), presentErasure),
  get: async ({ params }, context) => ok(presentErasure(await getErasure(context, params.erasureId))),
})

/** A receipt: what was deleted, never of whom. */
export function presentErasure(erasure: ErasureRow) {
  const deleted = erasure.deleted as Record<string, number>
  const done = Object.values(deleted).reduce((sum, rows) => sum + rows, 0)
  return {
    id: erasure.id,
    status: erasure.status as 'queued',
    reason: erasure.reason as 'request',
    // in rows; how many there are is known when none is left
    progress: { done, total: erasure.status === 'completed' ? done : null },
    deleted,
    replaced: erasure.replaced as Record<string, number>,
    outOfReach: presentOutOfReach(erasure.outOfReach as Partial<Record<OutOfReach, number>>),
    requestedAt: erasure.requestedAt.toISOString(),
    completedAt: erasure.completedAt?.toISOString() ?? null,
  }
}

const presentOutOfReach = (counts: Partial<Record<OutOfReach, number>>) =>
  (Object.keys(outOfReach) as OutOfReach[]).flatMap((where) => {
    const count = counts[where] ?? 0
    return count === 0 ? [] : [{ where, count, why: outOfReach[where] }]
  })
