import { Prisma } from '@envoi/prisma'
import type { ClientBase } from 'pg'
import type { Context } from '../context.ts'
import type { Import } from '../database.ts'
import { copyRows } from './copy-rows.ts'
import type { ImportEncoding } from './detect-encoding.ts'
import { run } from './import-connection.ts'
import type { ImportPlan } from './import-plan.ts'
import { type RowBatch, readRows } from './read-rows.ts'
import { isStaged, type StagedRow, stageRow } from './stage-row.ts'
import {
  clearStaging,
  identityKeys,
  insertErrors,
  markStaged,
  type RowError,
  refuseRepeated,
} from './staging.sql.ts'

/** Few enough that what is made of them is still young garbage when they are through. */
const batchRows = 1_000

/**
 * Reads the file into the staging table, from the line on that was last merged. Whoever finds the import not staged starts
 * over: reading is the short part, and until the last statement nothing of it counts.
 */
export async function stageFile(
  context: Context,
  client: ClientBase,
  work: Import,
  plan: ImportPlan,
  signal: AbortSignal,
): Promise<void> {
  const key = { accountId: work.accountId, importId: work.id }
  await run(client, clearStaging(key, work.mergedLine))
  const source = await context.files.getStream(work.fileKey ?? '')
  const batches = readRows(source, {
    format: plan.format,
    columns: plan.columns,
    others: plan.others === 'refused' ? plan.ignored : undefined,
    delimiter: work.delimiter ?? undefined,
    encoding: (work.encoding as ImportEncoding | null) ?? undefined,
    gzip: work.fileGzip,
    batchSize: batchRows,
  })
  // the database takes rows while the next ones are read
  const copy = copyRows(client, key, context.newId)
  try {
    for await (const batch of batches) {
      signal.throwIfAborted()
      const { rows, errors } = stageBatch(context, plan, batch, work.mergedLine)
      await copy.write(rows)
      // by another connection, this one is taken; whoever starts over clears them as well
      if (errors.length > 0) await context.db.$executeRaw(insertErrors(key, errors))
    }
    await copy.end()
  } catch (error) {
    copy.abort(error instanceof Error ? error : new Error('reading broke off'))
    throw error
  }
  signal.throwIfAborted()
  // of what the chunks are found by; the plans without it are guesses
  await run(client, Prisma.sql`analyze import_row (account_id, import_id, line)`)
  for (const identity of identityKeys) await run(client, refuseRepeated(key, identity))
  await run(client, markStaged(key, context.clock.now()))
}

function stageBatch(context: Context, plan: ImportPlan, batch: RowBatch, after: number) {
  const now = context.clock.now()
  const rows: StagedRow[] = []
  const errors: RowError[] = batch.rejected.filter(({ line }) => line > after)
  for (const row of batch.rows) {
    if (row.line <= after) continue
    const staged = stageRow(plan, row, now)
    if (isStaged(staged)) rows.push(staged)
    else errors.push(staged)
  }
  return { rows, errors }
}
