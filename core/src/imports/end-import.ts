import type { Prisma } from '@envoi/prisma'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import type { Import } from '../database.ts'
import { transaction } from '../transaction.ts'
import { forgetErasedRows } from './forget-erased-rows.ts'
import { getImport } from './read-imports.ts'
import { importFolder } from './upload-file.ts'

interface End {
  status: 'completed' | 'failed'
  failure?: { code: string; detail: string; line: number | null }
}

/**
 * Ends an import, unless it has ended already, and then deletes its file and its staged rows: what is not needed any more is
 * not kept (GDPR art. 5(1)(c)). Can be repeated from any point.
 */
export async function endImport(context: Context, { id, accountId }: Import, end?: End): Promise<void> {
  await forgetErasedRows(context, id)
  if (end !== undefined)
    await transaction(context, async (tx) => {
      const failure: Prisma.InputJsonObject | undefined = end.failure && { ...end.failure }
      const { count } = await tx.db.import.updateMany({
        where: { ...tx.scope, id, status: 'running' },
        data: { status: end.status, failure, finishedAt: tx.clock.now() },
      })
      if (count === 0) return
      const { dryRun, created, updated, unchanged, skipped, rejected } = await getImport(tx, id)
      // the log is read by those who see values masked too: a trial is not to tell them whether they have guessed one
      const compared: Record<string, number> = dryRun
        ? { matched: updated + unchanged }
        : { updated, unchanged }
      const counts = { created, ...compared, skipped, rejected }
      const outcome = end.status === 'completed' ? 'success' : 'failure'
      await recordAudit(tx, { target: { type: 'import', id }, counts, outcome })
    })
  await context.db.importRow.deleteMany({ where: { ...context.scope, importId: id } })
  await context.files.deleteAll(importFolder(accountId, id))
  await context.db.import.updateMany({ where: { ...context.scope, id }, data: { fileKey: null } })
}
