import { Prisma } from '@envoi/prisma'
import type { ClientBase } from 'pg'
import { isOnTrial, trialContacts } from '../accounts/trial-contacts.ts'
import type { Context } from '../context.ts'
import type { Import } from '../database.ts'
import { isMissing } from '../files.ts'
import { copyRows } from './copy-rows.ts'
import type { ImportEncoding } from './detect-encoding.ts'
import { run } from './import-connection.ts'
import { ImportFileError } from './import-file-error.ts'
import type { ImportPlan } from './import-plan.ts'
import { type RowBatch, readRows } from './read-rows.ts'
import { isStaged, type StagedRow, stageRow } from './stage-row.ts'
import {
  clearStaging,
  identityKeys,
  insertErrors,
  markStaged,
  type RowError,
  recordReading,
  refuseRepeated,
} from './staging.sql.ts'

/** Few enough that what is made of them is still young garbage when they are through. */
const batchRows = 1_000

/** How often progress is told, and a cancellation heard: every 10,000 rows, as when they are merged. */
const batchesTold = 10

/**
 * Reads the file into the staging table, from the line on that was last merged. Whoever finds the import not staged starts
 * over: reading is the short part, and until the last statement nothing of it counts. Answers false when the import has been
 * cancelled meanwhile.
 */
export async function stageFile(
  context: Context,
  client: ClientBase,
  work: Import,
  plan: ImportPlan,
  signal: AbortSignal,
): Promise<boolean> {
  const key = { accountId: work.accountId, importId: work.id }
  await run(client, clearStaging(key, work.mergedLine))
  // asked once: whoever is approved meanwhile sends the file again
  const mostRows = (await isOnTrial(context)) ? trialContacts : Number.POSITIVE_INFINITY
  const meter = { rows: 0, batches: 0 }
  const batches = readRows(fileOf(context, work), {
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
      meter.rows += batch.rows.length + batch.rejected.length
      meter.batches += 1
      if (meter.rows > mostRows) throw tooLargeForTrial()
      if (meter.batches % batchesTold !== 0) continue
      if ((await context.db.$executeRaw(recordReading(key, meter.rows, batch.bytesRead))) === 0) {
        copy.abort(new Error('the import was cancelled'))
        return false
      }
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
  const { count } = await run(client, markStaged(key, context.clock.now()))
  return count > 0
}

const tooLargeForTrial = () =>
  new ImportFileError(
    'trial_restricted',
    `a trial account imports files of ${trialContacts} rows at most: nothing of it was written`,
  )

async function* fileOf(context: Context, { fileKey }: Import): AsyncGenerator<Uint8Array> {
  try {
    if (fileKey !== null) return yield* await context.files.getStream(fileKey)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  throw new ImportFileError(
    'file_missing',
    'the file is not in the store any more: send it with a new import',
  )
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
