import type { AccountClosure } from '@envoi/prisma'
import { settlingMs } from '../audit/seal-audit.ts'
import { asSystem, type Context, inAccount, type Platform } from '../context.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { asRecorded } from '../records/as-recorded.ts'
import { beginArchiving } from './begin-archiving.ts'
import { clearAccount, finishArchiving, hasLastMails } from './clear-account.ts'
import { destroyArchive } from './destroy-archive.ts'
import { makeArchive } from './make-archive.ts'

/** A mail that has not left by then is not waited for: the address it goes to has to be deleted as well. */
const lastMailMs = 24 * 3_600_000
const lookAgainMs = 60_000

/**
 * Takes every closing as far as it can go now. Where it stands is written down after each step, and a step may be run again: killed at
 * any instant, the next run goes on from there. One that fails does not keep the others waiting. Answers when to look again.
 */
export async function advanceClosures(
  platform: Platform,
  signal: AbortSignal,
): Promise<{ runAt: Date } | undefined> {
  const now = platform.clock.now()
  const due = await platform.db.accountClosure.findMany({
    where: {
      OR: [
        { status: 'cooling', closesAt: { lte: now } },
        { status: 'archiving' },
        { status: 'archived', destroyAt: { lte: now } },
      ],
    },
    select: { accountId: true, id: true },
    orderBy: { requestedAt: 'asc' },
  })
  const later: Date[] = []
  const failures: unknown[] = []
  for (const { accountId, id } of due) {
    try {
      const runAt = await advance(asSystem(platform, accountId, 'accounts.close'), id, signal)
      if (runAt !== null) later.push(runAt)
    } catch (error) {
      signal.throwIfAborted()
      platform.log.error({ err: error, accountId }, 'an account could not be closed; it is tried again')
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
  const next = Math.min(...later.map((instant) => instant.getTime()))
  return later.length === 0 ? undefined : { runAt: new Date(next) }
}

/** Step after step of one closing; null when nothing is left to do before its next time comes by the clock. */
async function advance(context: Context, id: string, signal: AbortSignal): Promise<Date | null> {
  for (;;) {
    signal.throwIfAborted()
    const closure = await context.db.accountClosure.findUniqueOrThrow({
      where: { accountId_id: { ...context.scope, id } },
    })
    // a date that was changed by hand closes nothing, and destroys no archive
    const platform = inAccount(context, platformAccount, context.actor)
    if (!(await asRecorded(platform, 'closure', [id])).has(id)) return null
    const runAt = await takeStep(context, closure, signal)
    if (runAt !== 'taken') return runAt
  }
}

async function takeStep(
  context: Context,
  closure: AccountClosure,
  signal: AbortSignal,
): Promise<'taken' | Date | null> {
  const now = context.clock.now()
  const { status, closesAt, cancelledAt, archivingAt, sealedAt, clearedAt, destroyAt } = closure
  // whatever the status says: entries speak of times
  if (closesAt > now || cancelledAt !== null) return null
  if (status === 'cooling') {
    await beginArchiving(context, closure)
    return 'taken'
  }
  if (status === 'archived') {
    if (destroyAt === null || destroyAt > now) return null
    await destroyArchive(context, closure)
    return 'taken'
  }
  if (status !== 'archiving' || archivingAt === null) return null
  // no transaction lives as long, and a job that has lost its row has stopped by then
  const quietAt = new Date(archivingAt.getTime() + settlingMs)
  if (quietAt > now) return quietAt
  if (sealedAt === null) await makeArchive(context, closure, signal)
  else if (clearedAt === null) await clearAccount(context, closure, signal)
  else if ((await hasLastMails(context)) && now.getTime() < clearedAt.getTime() + lastMailMs)
    return new Date(now.getTime() + lookAgainMs)
  else await finishArchiving(context, closure, signal)
  return 'taken'
}
