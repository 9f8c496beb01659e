/** What is recorded of the end of a log, in four places: its row, its file, and the checkpoint as a row and as a file. */
import type { Context } from '../context.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { entryKey } from './checkpoint.ts'
import { hasSeal } from './has-seal.ts'
import { readHeadFile } from './head-file.ts'
import { isHead, type LogHead, type LogName, type Recorded, readHead } from './log-head.ts'
import { readCheckpoint } from './read-checkpoint.ts'

export type HeadProblem = 'seal_missing' | 'seal_changed' | 'head_missing' | 'head_changed'

export interface RecordedHeads {
  row: Recorded
  file: Recorded
  /** In the checkpoint; null when it is not. */
  listed: Pick<LogHead, 'log' | 'sequence' | 'hash'> | null
  hasCheckpoint: boolean
}

/** To be read before the seals: a log that grows meanwhile still has what was recorded. */
export async function readRecordedHeads(context: Context, log: LogName): Promise<RecordedHeads> {
  const { latest, row, file } = await readCheckpoint(context)
  return {
    listed: latest?.heads.get(entryKey(context.accountId, log)) ?? null,
    hasCheckpoint: row !== 'absent' || file !== 'absent',
    file: await readHeadFile(context, log),
    row: await readHead(context, log),
  }
}

/**
 * What is recorded in the account alone: the checkpoint grows with the accounts of the platform, and is left to who verifies a
 * whole log.
 */
export async function readSmallHeads(context: Context, log: LogName): Promise<RecordedHeads> {
  const hasCheckpoint = (await context.db.checkpoint.count({ where: { accountId: platformAccount } })) > 0
  return {
    listed: null,
    hasCheckpoint,
    file: await readHeadFile(context, log),
    row: await readHead(context, log),
  }
}

/**
 * Compares the log, whose chain is known to hold up to the seal `end` (0 when it has none), with what was recorded of it. Answers the
 * first thing that is not so, and the number of the seal it is about.
 */
export async function breakInHeads(
  context: Context,
  end: number,
  { row, file, listed, hasCheckpoint }: RecordedHeads,
): Promise<{ seal: number; problem: HeadProblem } | null> {
  const recorded = [row, file].filter(isHead)
  for (const head of listed === null ? recorded : [...recorded, listed]) {
    if (head.sequence > end) return { seal: end + 1, problem: 'seal_missing' }
    if (!(await hasSeal(context, head))) return { seal: head.sequence, problem: 'seal_changed' }
  }
  // before an update there was a file without a proof
  if (row === 'forged' || (file === 'forged' && hasCheckpoint))
    return { seal: Math.max(end, 1), problem: 'head_changed' }
  // its row is written with the seal: read after the seals, it cannot be behind them
  if (row !== 'absent' && row.sequence < end) {
    const now = await readHead(context, row.log)
    if (!isHead(now) || now.sequence < end) return { seal: end, problem: 'head_changed' }
  }
  // its file is written before the checkpoint lists it
  const isMissing =
    row === 'absent' ? hasCheckpoint && (end > 0 || file !== 'absent' || listed !== null) : false
  if (isMissing || (file === 'absent' && listed !== null))
    return { seal: Math.max(end, 1), problem: 'head_missing' }
  return null
}
