import { verifyAudit } from '../audit/verify-audit.ts'
import { verifyLedger } from '../consents/verify-ledger.ts'
import { asSystem, type Context, type Platform } from '../context.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { verifyRecords } from '../records/verify-records.ts'
import { entryKey } from '../seals/checkpoint.ts'
import { type LogName, logs } from '../seals/log-head.ts'
import { saveVerification } from '../seals/log-verification.ts'
import { readCheckpoint } from '../seals/read-checkpoint.ts'

/**
 * Verifies every log of every account, one after the other. What does not hold is told in the log of the process, and kept for the operator
 * (`operator.auditIntegrity`) until a later verification finds it whole. Answers how many do not hold.
 */
export async function verifyLogs(platform: Platform, signal: AbortSignal): Promise<number> {
  const open = await platform.db.account.findMany({
    where: { status: { notIn: ['archived', 'destroyed'] } },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  const known = new Set([platformAccount, ...open.map(({ id }) => id)])
  let broken = await verifyListed(platform, known)
  for (const id of known) {
    const context = asSystem(platform, id, 'integrity.verify')
    for (const log of logs) {
      signal.throwIfAborted()
      const { firstBreak, breaks = 1 } = await verifiers[log](context)
      // one that is being closed loses its logs, and nothing is to be written about it any more
      if (!(await isOpen(context))) break
      await saveVerification(context, log, firstBreak === null ? null : { ...firstBreak, breaks })
      if (firstBreak === null) continue
      broken += 1
      tell(context, log, { ...firstBreak, breaks })
    }
  }
  return broken
}

async function isOpen({ db, accountId }: Context): Promise<boolean> {
  const where = { id: accountId, status: { notIn: ['archived' as const, 'destroyed' as const] } }
  return accountId === platformAccount || (await db.account.count({ where })) > 0
}

interface Verdict {
  /** How many things do not hold, where all of them are looked for. */
  breaks?: number
  firstBreak: { problem: string; seal: number | null; kind?: string | null; id?: string | null } | null
}

const verifiers: Record<LogName, (context: Context) => Promise<Verdict>> = {
  audit: verifyAudit,
  consents: verifyLedger,
  records: verifyRecords,
}

/** Logs that the checkpoint lists, of accounts that are not there any more without having been closed. */
async function verifyListed(platform: Platform, known: ReadonlySet<string>): Promise<number> {
  const heads = (await readCheckpoint(platform)).latest?.heads ?? new Map()
  const lost = [...heads.values()].filter(({ accountId }) => !known.has(accountId))
  // an account that is being archived is listed until its archive is safe
  const closing = await platform.db.accountClosure.findMany({
    where: { accountId: { in: lost.map(({ accountId }) => accountId) }, status: 'archiving' },
    select: { accountId: true },
  })
  const isClosing = new Set(closing.map(({ accountId }) => accountId))
  const unexplained = lost.filter(({ accountId }) => !isClosing.has(accountId))
  // the closing of one may just have ended, which takes it out of the checkpoint first
  const listed = unexplained.length === 0 ? null : (await readCheckpoint(platform)).latest
  const gone = unexplained.filter(({ accountId, log }) => listed?.heads.has(entryKey(accountId, log)))
  for (const { accountId, log } of gone) {
    const context = asSystem(platform, accountId, 'integrity.verify')
    const found = { seal: 1, problem: 'seal_missing' }
    await saveVerification(context, log, found)
    tell(context, entryKey(accountId, log), found)
  }
  return gone.length
}

function tell(context: Context, name: string, firstBreak: Verdict['firstBreak'] & { breaks?: number }): void {
  context.log.error(
    { accountId: context.accountId, sealedLog: name, ...firstBreak },
    'a sealed log does not hold: somebody has changed it by other ways than this platform',
  )
}
