import type { ClientBase } from 'pg'
import type { Context } from '../context.ts'
import type { Import } from '../database.ts'
import { isDatabaseAway } from '../database-away.ts'
import { DomainError } from '../errors.ts'
import { endImport } from './end-import.ts'
import { Occupied, withImportConnection } from './import-connection.ts'
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
export async function runImport(
  context: Context,
  importId: string,
  { signal, failures }: { signal: AbortSignal; failures: number },
): Promise<void> {
  const started = await startImport(context, importId)
  if (started === null) return
  if (started.status !== 'running') return endImport(context, started)
  try {
    const isComplete = await withImportConnection(context, importId, (client) =>
      stageAndMerge(context, client, importId, signal),
    )
    await endImport(context, started, isComplete ? { status: 'completed' } : undefined)
  } catch (error) {
    const reason =
      error instanceof ImportFileError ? error : (refusedByTrial(error) ?? givenUp(error, failures, signal))
    if (reason === undefined) throw error
    if (reason !== error) context.log.error({ err: error, importId }, 'an import was given up')
    const { code, message, line = null } = reason
    await endImport(context, started, { status: 'failed', failure: { code, detail: message, line } })
  }
}

/** The account would hold more contacts than it may while in trial. Its file has one chunk at most, so nothing of it is written. */
function refusedByTrial(error: unknown): ImportFileError | undefined {
  if (!(error instanceof DomainError) || error.code !== 'trial_restricted') return undefined
  return new ImportFileError('trial_restricted', error.message)
}

/** Tries of what fails again and again: with the pauses between them, more than a quarter of an hour. */
const attempts = 10

/** Why an import is ended that keeps failing, and holds what it cannot write for ever otherwise; undefined: it is tried again. */
function givenUp(error: unknown, failures: number, signal: AbortSignal): ImportFileError | undefined {
  if (failures + 1 < attempts || signal.aborted || error instanceof Occupied || isDatabaseAway(error))
    return undefined
  return new ImportFileError(
    'import_failed',
    `it failed ${attempts} times in a row, by a fault of the platform's: what \`counts\` says was written stays, the rest was not`,
  )
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
  const type = work.actorType as Context['actor']['type']
  const context = { ...system, actor: { type, id: work.actorId, testMode: work.testMode } }
  const plan = await planOf(context, work)
  let { stagedAt, mergedLine: line } = work
  for (;;) {
    signal.throwIfAborted()
    if (stagedAt === null) {
      if (!(await stageFile(context, client, { ...work, mergedLine: line }, plan, signal))) return false
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
      throw new Occupied('another worker merges this import')
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
