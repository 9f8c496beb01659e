import { asSystem, type JobName, type Platform } from '@envoi/core'
import { finishJob } from '@envoi/core/jobs/finish-job'
import { releaseJob } from '@envoi/core/jobs/release-job'
import { renewLease } from '@envoi/core/jobs/renew-lease'
import { retryJob } from '@envoi/core/jobs/retry-job'
import type { JobKey, JobRun } from '@envoi/core/jobs/run'
import { startJob } from '@envoi/core/jobs/start-job'
import type { Again, Processor, Processors } from './processor.ts'

/** What became of a job. */
export interface Ran extends JobKey {
  name: JobName
  /** `done`; `again` at a time it chose; `failed` and retried later; `interrupted` and given back. */
  outcome: 'done' | 'again' | 'failed' | 'interrupted'
  /** What a failed one threw. */
  error?: unknown
}

/** Runs one job under lease, if it is still to be had. Never throws for what the processor throws. */
export async function runJob(
  platform: Platform,
  processors: Processors,
  key: JobKey,
  { signal, leaseMs }: { signal: AbortSignal; leaseMs: number },
): Promise<Ran | null> {
  const run = await startJob(platform, key, leaseMs)
  if (run === null) return null
  const facts = { job: run.name, jobId: run.id, accountId: run.accountId, attempt: run.attempt }
  const lost = new AbortController()
  const stopHeartbeat = beat(platform, run, leaseMs, lost)
  const either = AbortSignal.any([signal, lost.signal])
  let again: Again | undefined
  try {
    again = (await process(platform, processors, run, either)) ?? undefined
  } catch (error) {
    await stopHeartbeat()
    if (either.aborted) {
      platform.log.info(facts, 'job interrupted')
      await releaseJob(platform, run)
      return { ...keyOf(run), outcome: 'interrupted' }
    }
    const retryAt = await retryJob(platform, run, error)
    platform.log.warn({ ...facts, err: error, retryAt }, 'job failed')
    return { ...keyOf(run), outcome: 'failed', error }
  }
  await stopHeartbeat()
  await finishJob(platform, run, again?.runAt)
  platform.log.debug(facts, 'job done')
  return { ...keyOf(run), outcome: again ? 'again' : 'done' }
}

const keyOf = ({ accountId, id, name }: JobRun) => ({ accountId, id, name })

async function process(platform: Platform, processors: Processors, run: JobRun, signal: AbortSignal) {
  // the row was written by enqueue(), which ties each name to its payload
  const processor = processors[run.name] as Processor<JobName> | undefined
  if (processor === undefined) throw new UnknownJobError(run.name)
  const context = asSystem(platform, run.accountId, run.name)
  return processor(context, run.payload as never, {
    jobId: run.id,
    attempt: run.attempt,
    failures: run.failures,
    signal,
  })
}

/** A job of a newer version, seen by a worker that is about to be replaced: it waits for its turn. */
class UnknownJobError extends Error {
  override name = 'UnknownJobError'
  constructor(job: string) {
    super(`there is no processor for ${job}`)
  }
}

/**
 * Renews the lease at a third of its length. An outage of the database is waited out: the lease holds until its end,
 * and after it, whoever takes the job over changes `attempt`, so that a late end of this run changes nothing.
 */
function beat(platform: Platform, run: JobRun, leaseMs: number, lost: AbortController): () => Promise<void> {
  let beating: Promise<void> = Promise.resolve()
  let until = performance.now() + leaseMs
  const timer = setInterval(() => {
    beating = beating.then(async () => {
      try {
        if (await renewLease(platform, run, leaseMs)) until = performance.now() + leaseMs
        else lost.abort()
      } catch (error) {
        platform.log.warn({ err: error, job: run.name, jobId: run.id }, 'lease not renewed')
        if (performance.now() >= until) lost.abort()
      }
    })
  }, leaseMs / 3)
  return async () => {
    clearInterval(timer)
    await beating
  }
}
