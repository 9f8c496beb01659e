import type { Platform } from '../context.ts'
import type { JobRun } from './run.ts'

/** Gives a job back that was interrupted through no fault of its own: any worker may go on with it at once. */
export async function releaseJob(platform: Platform, run: JobRun): Promise<void> {
  const values = [run.accountId, run.id, run.attempt, platform.clock.now()]
  const { rowCount } = await platform.pool.query({ name: 'release-job', text: sql, values })
  if (rowCount === 1) await platform.pool.query("select pg_notify('envoi_outbox', '')")
}

const sql = `
  update outbox set lease_until = $4
  where account_id = $1 and id = $2 and attempts = $3 and lease_until is not null`
