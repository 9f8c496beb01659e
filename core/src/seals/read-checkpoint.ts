import { asSystem, type Platform } from '../context.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { type Checkpoint, type Copy, isCheckpoint, readFile, readRow } from './checkpoint.ts'

/** The checkpoint in its two places, and the one of them that counts. */
export interface Copies {
  row: Copy
  file: Copy
  latest: Checkpoint | null
}

/** The file first: it is written after the row, so whoever writes the next one meanwhile does not make the row look older. */
export async function readCheckpoint(platform: Platform): Promise<Copies> {
  const context = asSystem(platform, platformAccount, 'seals.readCheckpoint')
  const file = await readFile(context)
  const copies = { file, row: await readRow(context) }
  return { ...copies, latest: latest(copies) }
}

function latest({ row, file }: { row: Copy; file: Copy }): Checkpoint | null {
  if (!isCheckpoint(row)) return isCheckpoint(file) ? file : null
  return isCheckpoint(file) && file.sequence > row.sequence ? file : row
}

export type CheckpointProblem = 'checkpoint_changed' | 'checkpoint_missing' | 'checkpoint_rolled_back'

/** What is wrong with the checkpoint itself; null when nothing is. */
export function problemOf({ row, file }: Pick<Copies, 'row' | 'file'>): CheckpointProblem | null {
  if (row === 'forged' || file === 'forged') return 'checkpoint_changed'
  if (row === 'absent') return file === 'absent' ? null : 'checkpoint_missing'
  // the file of the very first one is written after the row
  if (file === 'absent') return row.sequence === 1 ? null : 'checkpoint_missing'
  return row.sequence < file.sequence ? 'checkpoint_rolled_back' : null
}
