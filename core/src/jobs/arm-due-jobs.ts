import type { Platform } from '../context.ts'
import { type DueJob, type DueRow, presentDueJob } from './run.ts'

/**
 * Takes jobs that have come due, oldest first, to hand them to the queue. Each is given to one caller only, however many
 * ask at the same time. What a dead worker left comes back here when its lease ends.
 */
export async function armDueJobs(platform: Platform, limit = 500): Promise<DueJob[]> {
  const { rows } = await platform.pool.query<DueRow>({
    name: 'arm-due-jobs',
    text: sql,
    values: [platform.clock.now(), limit],
  })
  return rows.map(presentDueJob)
}

const sql = `
  with due as (
    select account_id, id
    from outbox
    where armed_at is null and coalesce(lease_until, run_at) <= $1
    order by coalesce(lease_until, run_at)
    limit $2
    for update skip locked
  )
  update outbox set armed_at = $1
  from due
  where outbox.account_id = due.account_id and outbox.id = due.id
  returning outbox.account_id, outbox.id, outbox.name, outbox.attempts`
