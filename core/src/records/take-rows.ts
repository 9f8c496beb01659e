import { asSystem, type Context, type Platform } from '../context.ts'
import { uniqueViolation } from '../errors.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { readRecordedHeads } from '../seals/recorded-heads.ts'
import { transaction } from '../transaction.ts'
import { allRows, type RecordKind, readRows, recordKindNames } from './record-kinds.ts'
import { insertEntries, latestVersions, recordTaken, takenKind } from './record-rows.ts'

/** Rows taken at a time. */
const batch = 2_000

/**
 * Rows from before there were entries are taken as they stand, once: of an account that has never had any. An account that is
 * opened has them from the start. One whose entries are gone has a head that is recorded elsewhere: nothing is taken then, and
 * the verification tells.
 */
export async function takeRows(platform: Platform, signal: AbortSignal): Promise<void> {
  const accounts = await platform.db.$queryRaw<{ id: string }[]>`
    select id
    from (select id from account where status not in ('archived', 'destroyed') union all select ${platformAccount}::uuid) as account
    where not exists (
      select from record_entry where account_id = account.id and kind = ${takenKind} and subject_id = account.id
    )
    order by id`
  for (const { id } of accounts) {
    const context = asSystem(platform, id, 'records.seal')
    const { row, file, listed } = await readRecordedHeads(context, 'records')
    if (row !== 'absent' || file !== 'absent' || listed !== null) continue
    let taken = 0
    for (const kind of recordKindNames)
      for await (const rows of allRows(context, kind, batch)) {
        signal.throwIfAborted()
        taken += await take(
          context,
          kind,
          rows.map((one) => one.id),
        )
      }
    await transaction(context, recordTaken)
    if (taken > 0)
      context.log.warn({ accountId: id, rows: taken }, 'rows without entries were taken as they stand')
  }
}

/**
 * First entries, of the rows that have none: what somebody writes or deletes at the same time is refused the number, and looked
 * at again.
 */
async function take(context: Context, kind: RecordKind, ids: string[]): Promise<number> {
  for (;;) {
    try {
      return await transaction(context, async (tx) => {
        const has = await latestVersions(tx, kind, ids)
        const rows = await readRows(
          tx,
          kind,
          ids.filter((id) => !has.has(id)),
        )
        await insertEntries(
          tx,
          kind,
          rows.map((row) => ({ ...row, version: 1 })),
        )
        return rows.length
      })
    } catch (error) {
      if (uniqueViolation(error) === undefined) throw error
    }
  }
}
