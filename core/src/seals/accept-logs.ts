import { recordAudit } from '../audit/record-audit.ts'
import { asSystem, inAccount, type Platform } from '../context.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { acceptRows } from '../records/accept-rows.ts'
import { transaction } from '../transaction.ts'
import { adoptHeads } from './adopt-heads.ts'
import { type Entry, entryKey, saveFile, saveRow } from './checkpoint.ts'
import { writeHeadFile } from './head-file.ts'
import type { LogHead } from './log-head.ts'
import { readCheckpoint } from './read-checkpoint.ts'

/**
 * For the operator, who has looked and knows why (a database was restored from a backup, the files were lost): takes the sealed
 * logs as they stand now. Heads and checkpoint are written anew, and what they contradicted is no break any more; an entry that
 * does not fit its seal still is one. Rows that are not as their entries say are taken as well. That it was done is in the
 * platform's audit log for good. Answers how many logs were taken.
 */
export async function acceptLogs(platform: Platform): Promise<number> {
  const accepted = await acceptAllRows(platform)
  const operator = { type: 'operator' as const, id: null }
  const context = { ...asSystem(platform, platformAccount, 'seals.acceptLogs'), actor: operator }
  const { next, rows } = await transaction(context, async (tx) => {
    await adoptHeads(tx, 'all')
    const rows = await tx.db.$queryRaw<(LogHead & { accountId: string })[]>`
      select account_id as "accountId", log, sequence, hash, total from log_head order by account_id, log`
    const heads = new Map<string, Entry>()
    for (const row of rows) heads.set(entryKey(row.accountId, row.log), row)
    const { latest } = await readCheckpoint(tx)
    const checkpoint = { sequence: (latest?.sequence ?? 0) + 1, writtenAt: tx.clock.now(), heads }
    await saveRow(tx, checkpoint)
    // what still does not hold is found again
    await tx.db.logVerification.deleteMany({})
    await recordAudit(tx, { changed: ['checkpoint'], counts: { heads: rows.length, rows: accepted } })
    return { next: checkpoint, rows }
  })
  for (const { accountId, ...head } of rows)
    await writeHeadFile(inAccount(context, accountId, operator), head)
  await saveFile(context, next)
  return next.heads.size
}

async function acceptAllRows(platform: Platform): Promise<number> {
  const open = await platform.db.account.findMany({
    where: { status: { notIn: ['archived', 'destroyed'] } },
    select: { id: true },
  })
  let accepted = 0
  for (const id of [platformAccount, ...open.map((account) => account.id)])
    accepted += await acceptRows(asSystem(platform, id, 'seals.acceptLogs'))
  return accepted
}
