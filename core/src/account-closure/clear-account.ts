import type { AccountClosure } from '@envoi/prisma'
import { recordAudit } from '../audit/record-audit.ts'
import { type Context, inAccount } from '../context.ts'
import { platformAccount } from '../jobs/schedules.ts'
import { recordClosure } from '../records/record-rows.ts'
import { logs } from '../seals/log-head.ts'
import { retireHeads } from '../seals/update-checkpoint.ts'
import { transaction } from '../transaction.ts'
import { requestAdminMails } from '../user-mails/request-user-mail.ts'
import { type AccountTable, accountTables, isKept } from './account-tables.ts'
import { deleteRows } from './delete-rows.ts'
import { requireArchive } from './make-archive.ts'

/** What it takes to write to those who answer for the account. */
const lastMails: ReadonlySet<string> = new Set(['user', 'user_mail', 'outbox'])

/**
 * Deletes everything but what it takes to send the last mail, and asks for that mail: it holds the receipt, since afterwards nobody can
 * log in to read it.
 */
export async function clearAccount(
  context: Context,
  closure: AccountClosure,
  signal: AbortSignal,
): Promise<void> {
  await requireArchive(context, closure)
  // before they go: what the checkpoint lists and nobody finds was removed by somebody else
  await retireHeads(context, logs)
  await deleteAll(context, closure, (table) => !lastMails.has(table.name), signal)
  await context.files.deleteAll(context.accountId)
  await transaction(context, async (tx) => {
    const { count } = await tx.db.accountClosure.updateMany({
      where: { ...tx.scope, id: closure.id, clearedAt: null },
      data: { clearedAt: tx.clock.now() },
    })
    if (count === 1) await requestAdminMails(tx, 'account.closure', { step: 'archived', closure: closure.id })
  })
}

/** Whether a last mail is still on its way. */
export async function hasLastMails({ db, scope }: Context): Promise<boolean> {
  const waiting = await db.userMail.count({
    where: { ...scope, state: { in: ['queued', 'deferred', 'sending'] } },
  })
  return waiting > 0
}

/**
 * Deletes what is left, and reduces the account to an id, a status and dates. That it was archived is recorded in the platform's own
 * audit log: the account's has gone.
 */
export async function finishArchiving(
  context: Context,
  closure: AccountClosure,
  signal: AbortSignal,
): Promise<void> {
  while ((await deleteAll(context, closure, () => true, signal)) > 0);
  await context.files.deleteAll(context.accountId)
  await retireHeads(context, logs)
  await transaction(context, async (tx) => {
    const now = tx.clock.now()
    const { count } = await tx.db.accountClosure.updateMany({
      where: { ...tx.scope, id: closure.id, status: 'archiving' },
      data: { status: 'archived', archivedAt: now },
    })
    if (count === 0) return
    await recordClosure(tx, closure.id)
    await tx.db.account.update({ where: { id: tx.accountId }, data: { ...nobody, updatedAt: now } })
    await recordClosureStep(tx)
  })
}

/** Steps after the account's own log has gone are recorded in that of the platform. */
export async function recordClosureStep(tx: Context, changed: string[] = ['status']): Promise<void> {
  const platform = inAccount(tx, platformAccount, tx.actor)
  await recordAudit(platform, { target: { type: 'account', id: tx.accountId }, changed })
}

/** An account that is nobody's. */
const nobody = {
  name: 'Closed account',
  statusReason: null,
  locale: 'en',
  timezone: 'UTC',
  legal: {},
  dpo: {},
  security: {},
  retention: {},
  termsAddress: null,
  dailyQuota: null,
}

async function deleteAll(
  context: Context,
  closure: AccountClosure,
  isDue: (table: AccountTable) => boolean,
  signal: AbortSignal,
): Promise<number> {
  let deleted = 0
  for (const table of await accountTables(context.pool))
    if (!isKept(table) && isDue(table)) deleted += await deleteRows(context, closure.id, table, signal)
  return deleted
}
