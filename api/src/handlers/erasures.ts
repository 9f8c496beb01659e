import type { Context } from '@envoi/core'
import { type Masked, maskErasure } from '@envoi/core/contacts/mask'
import type { Erasure as ErasureRow } from '@envoi/core/database'
import { type LeftThere, type OutOfReach, outOfReach } from '@envoi/core/erasures/out-of-reach'
import { getErasure, listErasures } from '@envoi/core/erasures/read-erasures'
import { contract } from '@envoi/openapi'
import { ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const erasuresHandlers = implement(contract.erasures, {
  list: async ({ query }, context) => page(await listErasures(context, query), presentErasure(context)),
  get: async ({ params }, context) =>
    ok(presentErasure(context)(await getErasure(context, params.erasureId))),
})

export const presentErasure = (context: Context) => (erasure: ErasureRow) =>
  presentReceipt(maskErasure(context, erasure))

/** A receipt: what was deleted, never of whom. */
export function presentReceipt(erasure: Masked<ErasureRow>) {
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
    outOfReach: presentOutOfReach(erasure.outOfReach as Counts),
    requestedAt: erasure.requestedAt.toISOString(),
    completedAt: erasure.completedAt?.toISOString() ?? null,
  }
}

type Counts = Partial<Record<OutOfReach, LeftThere>>

const presentOutOfReach = (counts: Counts) =>
  (Object.keys(outOfReach) as OutOfReach[]).flatMap((where) => {
    const left = counts[where] ?? 0
    const { count, ids } = typeof left === 'number' ? { count: left, ids: [] } : left
    return count === 0 ? [] : [{ where, count, ids, why: outOfReach[where] }]
  })
