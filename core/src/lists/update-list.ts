import { recordAudit } from '../audit/record-audit.ts'
import { requireLine } from '../contacts/require-line.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { asNameConflict } from './name-conflict.ts'
import { getList } from './read-lists.ts'

/** Merges a patch (RFC 7396) into a list. `expectedVersion`: 412 unless the list still has it. */
export async function updateList(
  context: Context,
  id: string,
  patch: { name?: string },
  expectedVersion: number | undefined,
) {
  const name = patch.name === undefined ? undefined : requireLine('/name', patch.name, 200)
  const updated = transaction(context, async (tx) => {
    await getList(tx, id)
    const { count } = await tx.db.list.updateMany({
      where: { ...tx.scope, id, version: expectedVersion },
      data: { name, version: { increment: 1 }, updatedAt: tx.clock.now() },
    })
    if (count === 0) throw new DomainError('precondition_failed')
    await recordAudit(tx, { target: { type: 'list', id }, changed: Object.keys(patch) })
    return getList(tx, id)
  })
  return updated.catch((error: unknown) => Promise.reject(asNameConflict(error)))
}
