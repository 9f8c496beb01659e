import { asSystem, type Context } from '../context.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { type LogHead, type LogName, logs, readHead, saveHead } from './log-head.ts'
import { readMarker } from './prune-marker.ts'

/**
 * Takes the logs as they stand: of each that has a seal, the last one becomes its head. `missing`: where there is no head yet. Answers how
 * many heads it made.
 */
export async function adoptHeads(platform: Context, which: 'missing' | 'all'): Promise<number> {
  const accounts = await platform.db.account.findMany({ select: { id: true }, orderBy: { id: 'asc' } })
  let adopted = 0
  for (const id of [platformAccount, ...accounts.map((account) => account.id)]) {
    const context = asSystem(platform, id, platform.action)
    for (const log of logs) {
      if (which === 'missing' && (await readHead(context, log)) !== 'absent') continue
      const head = await lastSeal(context, log)
      if (head === null) continue
      await saveHead(context, head)
      adopted += 1
    }
  }
  return adopted
}

async function lastSeal(context: Context, log: LogName): Promise<LogHead | null> {
  const { db, scope } = context
  const orderBy = { sequence: 'desc' as const }
  if (log !== 'audit') {
    const find = { where: scope, orderBy, omit: { leaves: true } as const }
    const seal = await (log === 'consents' ? db.consentSeal.findFirst(find) : db.recordSeal.findFirst(find))
    return seal === null ? null : { log, sequence: seal.sequence, hash: seal.hash, total: seal.total }
  }
  const seal =
    (await db.auditSeal.findFirst({ where: scope, orderBy, omit: { leaves: true } })) ??
    (await readMarker(context))
  const { _sum } = await db.auditSeal.aggregate({ where: scope, _sum: { events: true } })
  const total = BigInt(_sum.events ?? 0)
  return seal === null ? null : { log, sequence: seal.sequence, hash: seal.hash, total }
}
