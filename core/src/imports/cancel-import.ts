import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { transaction } from '../transaction.ts'
import { getImport } from './read-imports.ts'

/** Cancels an import. One that runs stops at its next chunk, which cannot commit any more; the job then clears up. */
export async function cancelImport(context: Context, id: string) {
  return transaction(context, async (tx) => {
    const { count } = await tx.db.import.updateMany({
      where: { ...tx.scope, id, status: { in: ['awaiting_file', 'queued', 'running'] } },
      data: { status: 'cancelled', finishedAt: tx.clock.now() },
    })
    const found = await getImport(tx, id)
    if (count === 0 && found.status !== 'cancelled')
      throw new DomainError('import_ended', { detail: `The import is ${found.status}.` })
    if (count === 1) {
      await enqueue(tx, 'imports.run', { importId: id }, { dedupeKey: id })
      await recordAudit(tx, { target: { type: 'import', id } })
    }
    return found
  })
}
