import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { recordGone, recordRows } from './record-rows.ts'
import { brokenRows } from './verify-records.ts'

/** For the operator, who has looked and knows why: rows that are not as their entries say are taken as they stand. Answers how many. */
export async function acceptRows(context: Context): Promise<number> {
  let accepted = 0
  for await (const { kind, id, problem } of brokenRows(context)) {
    await transaction(context, (tx) =>
      problem === 'record_removed' ? recordGone(tx, kind, [id]) : recordRows(tx, kind, [id]),
    )
    accepted += 1
  }
  return accepted
}
