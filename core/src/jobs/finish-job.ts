import type { Platform } from '../context.ts'
import type { JobRun } from './run.ts'

/**
 * The job is done: its row goes, unless it was asked for again meanwhile; then it waits for the time that was asked.
 * `runAt`: the processor itself wants to go on at that time.
 */
export async function finishJob(platform: Platform, run: JobRun, runAt?: Date): Promise<void> {
  const key = [run.accountId, run.id, run.attempt]
  if (runAt === undefined) {
    const { rowCount } = await platform.pool.query({ name: 'finish-job', text: deleteSql, values: key })
    if (rowCount === 1) return
  }
  // A request that came between the two statements is kept: run_at is only ever filled while we hold the lease.
  const { rows } = await platform.pool.query<{ due: boolean }>({
    name: 'finish-job-again',
    text: againSql,
    values: [...key, runAt ?? null, platform.clock.now()],
  })
  if (rows[0]?.due) await platform.pool.query("select pg_notify('envoi_outbox', '')")
}

const deleteSql = `
  delete from outbox
  where account_id = $1 and id = $2 and attempts = $3 and lease_until is not null and run_at is null`

const againSql = `
  update outbox
  set run_at = least(run_at, $4), lease_until = null, failures = 0, last_error = null
  where account_id = $1 and id = $2 and attempts = $3 and lease_until is not null
  returning run_at <= $5 as due`
