import type { Context } from '../context.ts'
import type { LaneRun } from '../delivery/lane-run.ts'
import type { Begun } from './kind.ts'

/**
 * Takes mails that are due and marks their hand-off as begun, durably, before a byte of them leaves: one found `sending` after
 * a crash may have left, and is not sent again. Only the holder of the job's lease can: a run that was taken over begins nothing.
 */
export async function beginMails(
  context: Context,
  kind: string,
  { jobId, attempt }: LaneRun,
  limit: number,
): Promise<Begun[]> {
  const { accountId } = context
  const now = context.clock.now()
  return context.db.$queryRaw<Begun[]>`
    with due as materialized (
      select id
      from system_mail
      where account_id = ${accountId}::uuid and kind = ${kind} and state in ('queued', 'deferred')
        and next_attempt_at <= ${now}::timestamptz
        and exists (
          select from outbox
          where outbox.account_id = ${accountId}::uuid and outbox.id = ${jobId}::uuid
            and outbox.attempts = ${attempt}::integer and outbox.lease_until is not null
        )
      order by next_attempt_at
      limit ${limit}::integer
      for update skip locked
    )
    update system_mail
    set state = 'sending', attempts = attempts + 1, state_at = ${now}::timestamptz
    from due
    where system_mail.account_id = ${accountId}::uuid and system_mail.id = due.id
    returning system_mail.id, contact_id as "contactId", purpose_id as "purposeId", attempts - 1 as attempts,
      first_attempt_at as "firstAttemptAt", test_mode as "testMode"`
}

/**
 * What is `sending` when a run begins was left so by one that was killed, since one job at a time sends them: it may have left
 * or not, so it is `unknown` and is not sent again. Answers how many.
 */
export async function settleAbandonedMails(context: Context, kind: string): Promise<number> {
  return context.db.$executeRaw`
    update system_mail
    set state = 'unknown', reason = 'worker_lost', state_at = ${context.clock.now()}::timestamptz
    where account_id = ${context.accountId}::uuid and kind = ${kind} and state = 'sending'`
}

/** When the next one is due; null when none waits. */
export async function nextMailAt(context: Context, kind: string): Promise<Date | null> {
  const next = await context.db.systemMail.findFirst({
    where: { ...context.scope, kind, state: { in: ['queued', 'deferred'] } },
    orderBy: { nextAttemptAt: 'asc' },
    select: { nextAttemptAt: true },
  })
  return next?.nextAttemptAt ?? null
}
