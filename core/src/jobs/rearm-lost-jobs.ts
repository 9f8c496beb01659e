import type { Platform } from '../context.ts'
import { type DueJob, type DueRow, presentDueJob } from './run.ts'

/**
 * Takes jobs that were handed to the queue before `armedBefore` and that nobody has started: the queue is slow, or has
 * lost them (a flush, a crash between two commits). Handing them over again is harmless: a job is started once.
 */
export async function rearmLostJobs(platform: Platform, armedBefore: Date, limit = 500): Promise<DueJob[]> {
  const values = [platform.clock.now(), armedBefore, limit]
  const { rows } = await platform.pool.query<DueRow>({ name: 'rearm-lost-jobs', text: sql, values })
  return rows.map(presentDueJob)
}

const sql = `
  with lost as (
    select account_id, id
    from outbox
    where armed_at <= $2
    order by armed_at
    limit $3
    for update skip locked
  )
  update outbox set armed_at = $1
  from lost
  where outbox.account_id = lost.account_id and outbox.id = lost.id
  returning outbox.account_id, outbox.id, outbox.name, outbox.attempts`
