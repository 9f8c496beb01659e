import type { Platform } from '../context.ts'
import type { JobRun } from './run.ts'

/** Keeps the lease for another while. False: it was lost, another may be on the job by now, so stop. */
export async function renewLease(platform: Platform, run: JobRun, leaseMs: number): Promise<boolean> {
  const until = new Date(platform.clock.now().getTime() + leaseMs)
  const values = [run.accountId, run.id, run.attempt, until]
  const { rowCount } = await platform.pool.query({ name: 'renew-lease', text: sql, values })
  return rowCount === 1
}

const sql = `
  update outbox set lease_until = $4
  where account_id = $1 and id = $2 and attempts = $3 and lease_until is not null`
