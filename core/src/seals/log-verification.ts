import type { Prisma } from '@envoi/prisma'
import { Prisma as Sql } from '@envoi/prisma'
import type { Context } from '../context.ts'
import type { LogName } from './log-head.ts'

/** Writes down what a verification by the clock has found, for the operator; null when all of it holds. */
export async function saveVerification(
  context: Context,
  log: LogName | 'checkpoint',
  found: Prisma.InputJsonObject | null,
): Promise<void> {
  const { accountId, scope, db, clock } = context
  const data = { verifiedAt: clock.now(), firstBreak: found ?? Sql.DbNull }
  await db.logVerification.upsert({
    where: { accountId_log: { accountId, log } },
    create: { ...scope, log, ...data },
    update: data,
    select: { log: true },
  })
}
