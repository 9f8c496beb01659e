import type { Platform } from '../context.ts'
import type { JobName } from './names.ts'
import type { JobKey, JobRun } from './run.ts'

/**
 * Takes the lease of a job that is armed or due. Returns null if another has it or it is done: a wake-up may come late,
 * twice or for nothing.
 */
export async function startJob(
  platform: Platform,
  { accountId, id }: JobKey,
  leaseMs: number,
): Promise<JobRun | null> {
  const now = platform.clock.now()
  const values = [accountId, id, now, new Date(now.getTime() + leaseMs)]
  const { rows } = await platform.pool.query<Row>({ name: 'start-job', text: sql, values })
  const row = rows[0]
  return row
    ? { accountId, id, name: row.name, payload: row.payload, attempt: row.attempts, failures: row.failures }
    : null
}

interface Row {
  name: JobName
  payload: unknown
  attempts: number
  failures: number
}

// Not `skip locked`: who holds the row is mostly a request that asks for the same job once more, and is about to commit. Its wake-up
// is this one, for the job is armed already; passed over, it would be missed by nobody for as long as a lost job is.
// armed_at is the ticket: clocks of machines differ a little, and what one found due another must not find too early.
// run_at is emptied to notice what is asked meanwhile, but kept when the run before this one did not end: what was asked
// during that one still stands.
const sql = `
  with free as (
    select account_id, id
    from outbox
    where account_id = $1 and id = $2 and (armed_at is not null or coalesce(lease_until, run_at) <= $3)
    for update
  )
  update outbox
  set lease_until = $4, armed_at = null, attempts = attempts + 1,
      run_at = case when lease_until is null then null else run_at end
  from free
  where outbox.account_id = free.account_id and outbox.id = free.id
  returning outbox.name, outbox.payload, outbox.attempts, outbox.failures`
