import type { UserMail } from '@envoi/prisma'
import type { Context } from '../context.ts'
import type { LaneRun } from '../delivery/lane-run.ts'
import type { Facts } from './kind.ts'
import type { UserMailName } from './kinds.ts'

/** A mail whose hand-off has begun. */
export interface BegunUserMail {
  id: string
  kind: UserMailName
  userId: string
  facts: Facts
  /** Before this one. */
  attempts: number
  createdAt: Date
  /** It goes to the sink. */
  testMode: boolean
}

/**
 * Takes the next mail that is due and marks its hand-off as begun, durably, before a byte of it leaves: one found `sending`
 * after a crash may have left, and is not sent again. Only the holder of the job's lease can.
 */
export async function beginUserMail(
  context: Context,
  { jobId, attempt }: LaneRun,
): Promise<BegunUserMail | null> {
  const { accountId } = context
  const now = context.clock.now()
  const [begun] = await context.db.$queryRaw<BegunUserMail[]>`
    with due as materialized (
      select id
      from user_mail
      where account_id = ${accountId}::uuid and state in ('queued', 'deferred')
        and next_attempt_at <= ${now}::timestamptz
        and exists (
          select from outbox
          where outbox.account_id = ${accountId}::uuid and outbox.id = ${jobId}::uuid
            and outbox.attempts = ${attempt}::integer and outbox.lease_until is not null
        )
      order by next_attempt_at, id
      limit 1
      for update skip locked
    )
    update user_mail
    set state = 'sending', attempts = attempts + 1, state_at = ${now}::timestamptz
    from due
    where user_mail.account_id = ${accountId}::uuid and user_mail.id = due.id
    returning user_mail.id, kind, user_id as "userId", facts, attempts - 1 as attempts, created_at as "createdAt",
      test_mode as "testMode"`
  return begun ?? null
}

/**
 * What is `sending` when a run begins was left so by one that was killed, since one job at a time sends them: it may have left
 * or not, so it is `unknown` and is not sent again. Answers how many.
 */
export async function settleAbandonedUserMails(context: Context): Promise<number> {
  const { count } = await context.db.userMail.updateMany({
    where: { ...context.scope, state: 'sending' },
    data: { state: 'unknown', reason: 'worker_lost', stateAt: context.clock.now() },
  })
  return count
}

/** When the next one is due; null when none waits. */
export async function nextUserMailAt(context: Context): Promise<Date | null> {
  const next = await context.db.userMail.findFirst({
    where: { ...context.scope, state: { in: ['queued', 'deferred'] } },
    orderBy: { nextAttemptAt: 'asc' },
    select: { nextAttemptAt: true },
  })
  return next?.nextAttemptAt ?? null
}

export type UserMailResult = Pick<UserMail, 'id' | 'state' | 'reason' | 'attempts'> &
  Partial<Pick<UserMail, 'address' | 'smtpCode' | 'enhancedCode' | 'nextAttemptAt'>>

/** Writes down how a hand-off ended. One given up as `unknown` meanwhile is put right when it has an end after all. */
export async function recordUserMail(context: Context, { id, ...result }: UserMailResult): Promise<void> {
  const now = context.clock.now()
  const isOver = result.state !== 'queued' && result.state !== 'deferred'
  await context.db.userMail.updateMany({
    where: { ...context.scope, id, state: { in: isOver ? ['sending', 'unknown'] : ['sending'] } },
    data: { ...result, sentAt: result.state === 'sent' ? now : null, stateAt: now },
  })
}
