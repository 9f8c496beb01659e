import { settlingMs } from '../audit/seal-audit.ts'
import { asSystem, type Context, type Platform } from '../context.ts'
import { lowestIdAt } from '../ids.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { packLeaves } from '../seals/leaves.ts'
import { saveHead } from '../seals/log-head.ts'
import { type Stretch, stretchHash } from '../seals/stretch-hash.ts'
import { updateCheckpoint } from '../seals/update-checkpoint.ts'
import { transaction } from '../transaction.ts'
import { leavesOfEntries } from './entry-hash.ts'
import { takeRows } from './take-rows.ts'

/** Entries in one seal, 48 bytes each. */
const batch = 2_000

/** The hash of a seal over entries. */
export const recordSealHash = (
  { keys, accountId }: Pick<Context, 'keys' | 'accountId'>,
  seal: Stretch,
  previous: Uint8Array | null,
): Buffer => stretchHash(keys.derive(`records:seal:${accountId}`), seal, previous)

/**
 * Takes the rows of accounts that have no entries yet, seals the entries that have settled, and writes the heads down. Answers
 * how many.
 */
export async function sealRecords(platform: Platform, signal: AbortSignal): Promise<number> {
  await takeRows(platform, signal)
  const horizon = lowestIdAt(new Date(platform.clock.now().getTime() - settlingMs))
  const accounts = await platform.db.$queryRaw<{ id: string }[]>`
    select account.id
    from (select id from account where status not in ('archived', 'destroyed') union all select ${platformAccount}::uuid) as account
    left join lateral (
      select to_id from record_seal where account_id = account.id order by sequence desc limit 1
    ) as last on true
    where exists (
      select from record_entry
      where account_id = account.id and id < ${horizon}::uuid and (last.to_id is null or id > last.to_id)
    )`
  let sealed = 0
  for (const { id } of accounts)
    sealed += await sealAccountRecords(asSystem(platform, id, 'records.seal'), horizon, signal)
  await updateCheckpoint(platform)
  return sealed
}

/** The same in one account, up to an id. */
export async function sealAccountRecords(
  context: Context,
  horizon: string,
  signal: AbortSignal,
): Promise<number> {
  let sealed = 0
  for (let entries = batch; entries === batch; sealed += entries) {
    signal.throwIfAborted()
    entries = await sealNext(context, horizon)
  }
  return sealed
}

/** Seals the next stretch of an account. Two that do so at once make the same seal: the second one is refused by its key. */
async function sealNext(context: Context, horizon: string): Promise<number> {
  const { db, scope } = context
  const last = await db.recordSeal.findFirst({
    where: scope,
    orderBy: { sequence: 'desc' },
    omit: { leaves: true },
  })
  const entries = await db.recordEntry.findMany({
    where: { ...scope, id: { lt: horizon, ...(last === null ? {} : { gt: last.toId }) } },
    orderBy: { id: 'asc' },
    take: batch,
  })
  const end = entries.at(-1)
  if (end === undefined) return 0
  const seal = {
    sequence: (last?.sequence ?? 0) + 1,
    toId: end.id,
    lines: entries.length,
    total: (last?.total ?? 0n) + BigInt(entries.length),
    leaves: new Uint8Array(packLeaves(leavesOfEntries(context, entries))),
    sealedAt: context.clock.now(),
  }
  const hash = new Uint8Array(recordSealHash(context, seal, last?.hash ?? null))
  await transaction(context, async (tx) => {
    await tx.db.recordSeal.create({ data: { ...scope, ...seal, hash }, select: { sequence: true } })
    await saveHead(tx, { log: 'records', sequence: seal.sequence, hash, total: seal.total })
  })
  return entries.length
}
