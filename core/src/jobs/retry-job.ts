import type { Platform } from '../context.ts'
import { describeError } from '../log.ts'
import type { JobRun } from './run.ts'

const longest = 5 * 60_000

/** 1 s, 2 s, 4 s … up to 5 minutes, less up to half of it at random, so that what failed together does not come back together. */
export function backoff(failures: number, random = Math.random()): number {
  return Math.min(longest, 1_000 * 2 ** Math.min(failures, 20)) * (1 - random / 2)
}

/** The job failed: it keeps its lease, held by nobody, until it is tried again. Returns when that is. */
export async function retryJob(platform: Platform, run: JobRun, error: unknown): Promise<Date> {
  const until = new Date(platform.clock.now().getTime() + backoff(run.failures))
  const values = [run.accountId, run.id, run.attempt, until, nameOf(error)]
  await platform.pool.query({ name: 'retry-job', text: sql, values })
  return until
}

/** The type and code of an error: its message may repeat what it complains about. */
function nameOf(error: unknown): string {
  const { type, code, sqlState } = describeError(error)
  return [type, code, sqlState].filter((part) => part !== undefined).join(' ')
}

const sql = `
  update outbox
  set lease_until = $4, failures = failures + 1, last_error = $5
  where account_id = $1 and id = $2 and attempts = $3 and lease_until is not null`
