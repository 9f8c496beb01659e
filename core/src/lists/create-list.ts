import { recordAudit } from '../audit/record-audit.ts'
import { requireLine } from '../contacts/require-line.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { asNameConflict } from './name-conflict.ts'

/** Creates an empty list. */
export async function createList(context: Context, input: { name: string }) {
  const name = requireLine('/name', input.name, 200)
  const created = transaction(context, async (tx) => {
    const now = tx.clock.now()
    const list = await tx.db.list.create({
      data: { ...tx.scope, id: tx.newId(), name, createdAt: now, updatedAt: now },
    })
    await recordAudit(tx, { target: { type: 'list', id: list.id } })
    return list
  })
  return created.catch((error: unknown) => Promise.reject(asNameConflict(error)))
}
