import type { AccountClosure } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { recordClosure } from '../records/record-rows.ts'
import { transaction } from '../transaction.ts'
import { archiveFolder } from './archive-file.ts'
import { recordClosureStep } from './clear-account.ts'

/** The file first, then the key: killed in between, it begins again. What remains is the receipt. */
export async function destroyArchive(context: Context, { id }: AccountClosure): Promise<void> {
  await context.files.deleteAll(archiveFolder(context.accountId))
  await transaction(context, async (tx) => {
    const now = tx.clock.now()
    const { count } = await tx.db.accountClosure.updateMany({
      where: { ...tx.scope, id, status: 'archived' },
      data: { status: 'destroyed', destroyedAt: now, archiveKey: null, archiveFile: null },
    })
    if (count === 0) return
    await recordClosure(tx, id)
    await tx.db.account.update({
      where: { id: tx.accountId },
      data: { status: 'destroyed', updatedAt: now },
    })
    await recordClosureStep(tx)
  })
}
