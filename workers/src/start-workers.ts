import type { Platform } from '@envoi/core'
import type { JobKey } from '@envoi/core/jobs/run'
import type { Schedule } from '@envoi/core/jobs/schedules'
import { handOverOrRun } from './hand-over.ts'
import { createLocalJobs } from './local-jobs.ts'
import type { Processors } from './processor.ts'
import { processors as allProcessors } from './processors/index.ts'
import { openQueues, queueOf } from './queues.ts'
import { type Relay, startRelay } from './relay.ts'
import { runJob } from './run-job.ts'
import { schedules as allSchedules } from './schedules.ts'

export interface WorkersOptions {
  processors?: Processors
  schedules?: readonly Schedule[]
  /** Jobs of one feature at a time in this process. */
  concurrency?: number
  /** How often to look for what came due by the clock. */
  pollMs?: number
  /** How long a job may stay in the queue's hands before it is handed over again. */
  lostAfterMs?: number
  /** How long a job is held without a sign of life before another worker may take it over. */
  leaseMs?: number
  /** How long running jobs have to come to a good place at the end. Then they are cut off from their mail servers. */
  graceMs?: number
}

export interface RunningWorkers {
  /** Takes no more jobs, asks the running ones to stop at a good place, waits for them. */
  close(): Promise<void>
}

/** Together, less than `STOP_MS`. */
const [GRACE_MS, SETTLE_MS, QUEUES_MS] = [4_500, 1_500, 500]

/** Relay and workers in this process, next to any number of others. */
export async function startWorkers(
  platform: Platform,
  options: WorkersOptions = {},
): Promise<RunningWorkers> {
  const { processors = allProcessors, schedules = allSchedules, concurrency = 4 } = options
  const { pollMs = 1_000, lostAfterMs = 15_000, leaseMs = 30_000, graceMs = GRACE_MS } = options
  const names = [...new Set(Object.keys(processors).map(queueOf))]
  const queues = await openQueues(platform, names)
  const shutdown = new AbortController()
  const running = new Set<Promise<void>>()
  const run = async (key: JobKey) => {
    try {
      await runJob(platform, processors, key, { signal: shutdown.signal, leaseMs })
    } catch (error) {
      // the database is away: the row is as it was, and its lease or the relay brings it back
      platform.log.warn({ err: error, jobId: key.id }, 'job left to its lease')
    }
  }
  const wake = (key: JobKey) => {
    const done = run(key).finally(() => running.delete(done))
    running.add(done)
    return done
  }
  const takers = names.map((name) => queues.take(name, concurrency, wake))
  const local = createLocalJobs({ concurrency, wake, onRoom: () => relay.ring() })
  const relay: Relay = startRelay(platform, {
    schedules,
    pollMs,
    lostAfterMs,
    ...handOverOrRun(queues, local, platform.log),
  })
  const close = async () => {
    shutdown.abort()
    local.close()
    const stopped = Promise.all([...takers, relay].map((part) => part.close()))
    if (!(await within(graceMs, Promise.all(running)))) {
      // a server that does not answer: what has not left is given back, what may have left is `unknown`, and both are written down
      await platform.mailer?.close(0)
      if (!(await within(SETTLE_MS, Promise.all(running))))
        platform.log.warn('jobs still run: their leases will end')
    }
    // while the queues are away, what waits for an answer of theirs waits without end
    await within(QUEUES_MS, stopped)
    await within(QUEUES_MS, queues.close())
  }
  let closing: Promise<void> | undefined
  return {
    close() {
      closing ??= close()
      return closing
    },
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false)
  })
  try {
    return await Promise.race([work.then(() => true as const), late])
  } finally {
    clearTimeout(timer)
  }
}
