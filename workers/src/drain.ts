import type { Platform } from '@envoi/core'
import { armDueJobs } from '@envoi/core/jobs/arm-due-jobs'
import { rearmLostJobs } from '@envoi/core/jobs/rearm-lost-jobs'
import { type Schedule, tickSchedules } from '@envoi/core/jobs/schedules'
import type { Processors } from './processor.ts'
import { processors as allProcessors } from './processors/index.ts'
import { type Ran, runJob } from './run-job.ts'
import { schedules as allSchedules } from './schedules.ts'

export interface DrainOptions {
  processors?: Processors
  schedules?: readonly Schedule[]
  /** A job that asks again and again to be run at once is stopped there. */
  limit?: number
}

/**
 * Runs in this process, one after the other and without any queue, the jobs that are due at `platform.clock.now()` and
 * those which they bring about, until none is left; returns them in order. Schedules are looked at as well: one that is
 * new begins here, one that is due runs. A job that fails waits for its retry, which is later by the clock.
 */
export async function drain(platform: Platform, options: DrainOptions = {}): Promise<Ran[]> {
  const { processors = allProcessors, schedules = allSchedules, limit = 10_000 } = options
  const ran: Ran[] = []
  const never = new AbortController().signal
  await tickSchedules(platform, schedules)
  for (;;) {
    const due = [...(await rearmLostJobs(platform, platform.clock.now())), ...(await armDueJobs(platform))]
    if (due.length === 0) return ran
    for (const key of due) {
      const result = await runJob(platform, processors, key, { signal: never, leaseMs: 60_000 })
      if (result) ran.push(result)
      if (ran.length > limit)
        throw new Error(`more than ${limit} jobs: ${result?.name} seems to ask for itself for ever`)
    }
  }
}
