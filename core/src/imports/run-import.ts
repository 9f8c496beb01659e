import type { ClientBase } from 'pg'
import type { Context } from '../context.ts'
import type { Import } from '../database.ts'
import { endImport } from './end-import.ts'
import { withImportConnection } from './import-connection.ts'
import { ImportFileError } from './import-file-error.ts'
import { type ConsentInput, type ImportPlan, planImport } from './import-plan.ts'
import { mergeChunk } from './merge-chunk.ts'
import { stageFile } from './stage-file.ts'

/**
 * Runs an import from wherever it stands to its end, or clears up behind one that has ended.
 *
 * 1. *Stage*: the file is read, checked row by row, and copied into a staging table; the errors are kept.
 * 2. *Merge*: chunk by chunk into the contacts. A chunk and the line it goes up to commit together.
 *
 * The staging table is not logged: a crash of the database empties it. Whoever then finds rows missing reads the file again,
 * from the line on that was last merged.
 */
export async function runImport(context: Context, importId: string, signal: AbortSignal): Promise<void> {
  const started = await startImport(context, importId)
  if (started === null) return
  if (started.status !== 'running') return endImport(context, started)
  try {
    const isComplete = await withImportConnection(context, importId, (client) =>
      stageAndMerge(context, client, importId, signal),
    )
    await endImport(context, started, isComplete ? { status: 'completed' } : undefined)
  } catch (error) {
    if (!(error instanceof ImportFileError)) throw error
    const { code, message, line = null } = error
    await endImport(context, started, { status: 'failed', failure: { code, detail: message, line } })
  }
}

async function startImport(context: Context, id: string): Promise<Import | null> {
  await context.db.import.updateMany({
    where: { ...context.scope, id, status: 'queued' },
    data: { status: 'running', startedAt: context.clock.now() },
  })
  return context.db.import.findUnique({ where: { accountId_id: { ...context.scope, id } } })
}

/** True when all is merged, false when the import was cancelled meanwhile. */
async function stageAndMerge(system: Context, client: ClientBase, importId: string, signal: AbortSignal) {
  const work = await findImport(system, importId)
  // consents are recorded in the name of whoever asked for the import
  const context = { ...system, actor: { type: work.actorType as Context['actor']['type'], id: work.actorId } }
  const plan = await planOf(context, work)
  let { stagedAt, mergedLine: line } = work
  for (;;) {
    signal.throwIfAborted()
    if (stagedAt === null) {
      await stageFile(context, client, { ...work, mergedLine: line }, plan, signal)
      stagedAt = context.clock.now()
    }
    const outcome = await mergeChunk(context, work, plan.consents, line)
    if (outcome.kind === 'merged') {
      line = outcome.line
      continue
    }
    const { status, stagedRows, mergedRows, mergedLine } = await findImport(context, importId)
    if (status !== 'running') return false
    if (outcome.kind === 'stopped' || mergedLine !== line)
      throw new Error('another worker merges this import')
    if (stagedRows === mergedRows) return true
    // no row is left, and not all are merged: they were lost
    stagedAt = null
  }
}

async function findImport(context: Context, id: string): Promise<Import> {
  return context.db.import.findUniqueOrThrow({ where: { accountId_id: { ...context.scope, id } } })
}

/** The mapping was checked when the import was created; a field or a purpose may have gone since. */
async function planOf(context: Context, work: Import): Promise<ImportPlan> {
  const { plan, problems } = await planImport(context, {
    format: work.format,
    columns: work.columns as Record<string, string>,
    consents: work.consents as unknown as ConsentInput[],
  })
  const [problem] = problems
  if (problem !== undefined)
    throw new ImportFileError('mapping_outdated', `${problem.pointer} ${problem.detail} any more`)
  return plan
}
