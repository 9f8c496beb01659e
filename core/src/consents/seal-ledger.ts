import { settlingMs } from '../audit/seal-audit.ts'
import { asSystem, type Context, type Platform } from '../context.ts'
import { lowestIdAt } from '../ids.ts'
import { packLeaves } from '../seals/leaves.ts'
import { saveHead } from '../seals/log-head.ts'
import { updateCheckpoint } from '../seals/update-checkpoint.ts'
import { transaction } from '../transaction.ts'
import { leavesOf, sealHash } from './ledger-seal.ts'

/** Lines in one seal, 48 bytes each. */
const batch = 2_000

/** Seals the lines that have settled, in all accounts, and writes the heads of the ledgers down. Answers how many lines. */
export async function sealLedgers(platform: Platform, signal: AbortSignal): Promise<number> {
  // nothing older can come any more: no transaction lives longer than a minute, and clocks of processes are less than minutes apart
  const horizon = lowestIdAt(new Date(platform.clock.now().getTime() - settlingMs))
  const accounts = await platform.db.$queryRaw<{ id: string }[]>`
    select account.id
    from account
    left join lateral (
      select to_id from consent_seal where account_id = account.id order by sequence desc limit 1
    ) as last on true
    where status not in ('archived', 'destroyed') and exists (
      select from consent_event
      where account_id = account.id and id < ${horizon}::uuid and (last.to_id is null or id > last.to_id)
    )`
  let sealed = 0
  for (const { id } of accounts)
    sealed += await sealAccountLedger(asSystem(platform, id, 'consents.seal'), horizon, signal)
  await updateCheckpoint(platform)
  return sealed
}

/** The same in one account, up to an id. */
export async function sealAccountLedger(
  context: Context,
  horizon: string,
  signal: AbortSignal,
): Promise<number> {
  let sealed = 0
  for (let lines = batch; lines === batch; sealed += lines) {
    signal.throwIfAborted()
    lines = await sealNext(context, horizon)
  }
  return sealed
}

/** Seals the next stretch of an account. Two that do so at once make the same seal: the second one is refused by its key. */
async function sealNext(context: Context, horizon: string): Promise<number> {
  const { db, scope } = context
  const last = await db.consentSeal.findFirst({
    where: scope,
    orderBy: { sequence: 'desc' },
    omit: { leaves: true },
  })
  const lines = await db.consentEvent.findMany({
    where: { ...scope, id: { lt: horizon, ...(last === null ? {} : { gt: last.toId }) } },
    orderBy: { id: 'asc' },
    take: batch,
    select: { id: true, hash: true },
  })
  const end = lines.at(-1)
  if (end === undefined) return 0
  const seal = {
    sequence: (last?.sequence ?? 0) + 1,
    toId: end.id,
    lines: lines.length,
    total: (last?.total ?? 0n) + BigInt(lines.length),
    leaves: new Uint8Array(packLeaves(leavesOf(context, lines))),
    sealedAt: context.clock.now(),
  }
  const hash = new Uint8Array(sealHash(context, seal, last?.hash ?? null))
  await transaction(context, async (tx) => {
    await tx.db.consentSeal.create({ data: { ...scope, ...seal, hash }, select: { sequence: true } })
    await saveHead(tx, { log: 'consents', sequence: seal.sequence, hash, total: seal.total })
  })
  context.log.info(
    { accountId: context.accountId, seal: seal.sequence, hash: Buffer.from(hash).toString('hex') },
    'consent ledger sealed',
  )
  return lines.length
}
