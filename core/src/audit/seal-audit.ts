import { asSystem, type Context, type Platform } from '../context.ts'
import { lowestIdAt } from '../ids.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { packLeaves } from '../seals/leaves.ts'
import { isHead, readHead, saveHead } from '../seals/log-head.ts'
import { readMarker } from '../seals/prune-marker.ts'
import { updateCheckpoint } from '../seals/update-checkpoint.ts'
import { transaction } from '../transaction.ts'
import { leafOf, rootOf, sealHash } from './seal.ts'

/**
 * An event is sealed when nothing older can come any more: no transaction lives longer than a minute, and clocks of
 * processes are less than minutes apart. What appears later among what is sealed was not written by us.
 */
export const settlingMs = 5 * 60_000
/** Events in one seal: what is broken can be told without reading more than these. */
const BATCH = 1_000

/** Seals what has settled, in all accounts, and writes the heads of the logs down. Answers how many events. */
export async function sealAudit(platform: Platform, signal: AbortSignal): Promise<number> {
  const horizon = lowestIdAt(new Date(platform.clock.now().getTime() - settlingMs))
  const accounts = await platform.db.$queryRaw<{ id: string }[]>`
    select account.id
    from (select id from account where status not in ('archived', 'destroyed') union all select ${platformAccount}::uuid) as account
    left join lateral (
      select to_id from audit_seal where account_id = account.id
      union all
      select to_id from audit_anchor where account_id = account.id
      order by to_id desc
      limit 1
    ) as last on true
    where exists (
      select from audit_event
      where account_id = account.id and id < ${horizon}::uuid and (last.to_id is null or id > last.to_id)
    )`
  let sealed = 0
  for (const { id } of accounts) {
    sealed += await sealAccountAudit(asSystem(platform, id, 'audit.seal'), horizon, signal)
  }
  await updateCheckpoint(platform)
  return sealed
}

/** The same in one account, up to an id. */
export async function sealAccountAudit(
  context: Context,
  horizon: string,
  signal: AbortSignal,
): Promise<number> {
  let sealed = 0
  for (let events = BATCH; events === BATCH; sealed += events) {
    signal.throwIfAborted()
    events = await sealNext(context, horizon)
  }
  return sealed
}

/** Seals the next stretch of an account. Two that do so at once make the same seal: the second one is refused by its key. */
async function sealNext(context: Context, horizon: string): Promise<number> {
  const { db, scope } = context
  const last =
    (await db.auditSeal.findFirst({ where: scope, orderBy: { sequence: 'desc' } })) ??
    (await readMarker(context))
  const events = await db.auditEvent.findMany({
    where: { ...scope, id: { lt: horizon, ...(last === null ? {} : { gt: last.toId }) } },
    orderBy: { id: 'asc' },
    take: BATCH,
  })
  const end = events.at(-1)
  if (end === undefined) return 0
  const leaves = events.map(leafOf)
  const seal = {
    sequence: (last?.sequence ?? 0) + 1,
    toId: end.id,
    events: events.length,
    leaves: new Uint8Array(packLeaves(leaves)),
    root: new Uint8Array(rootOf(leaves)),
    sealedAt: context.clock.now(),
  }
  const hash = new Uint8Array(sealHash(context, seal, last?.hash ?? null))
  await transaction(context, async (tx) => {
    await tx.db.auditSeal.create({ data: { ...scope, ...seal, hash } })
    const head = await readHead(tx, 'audit')
    const total = (isHead(head) ? head.total : 0n) + BigInt(events.length)
    await saveHead(tx, { log: 'audit', sequence: seal.sequence, hash, total })
  })
  context.log.info(
    { accountId: context.accountId, seal: seal.sequence, hash: Buffer.from(hash).toString('hex') },
    'audit log sealed',
  )
  return events.length
}
