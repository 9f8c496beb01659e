import type { DueJob, JobKey } from '@envoi/core/jobs/run'
import { queueOf } from './queues.ts'

export interface LocalJobs {
  /** Runs them in this process as places get free. Those that wait already are not taken twice. */
  take(jobs: readonly DueJob[]): void
  /** How many more may wait: those beyond are left to other processes. */
  room(): number
  close(): void
}

/** So many may wait: what has not begun in time is found by other processes too, so it is not worth holding more. */
const MOST = 500

/** The jobs of a process that has no queue: in memory, as many of a feature at a time as its queue would let run. */
export function createLocalJobs(options: {
  concurrency: number
  wake: (key: JobKey) => Promise<void>
  /** A job is over. */
  onRoom: () => void
}): LocalJobs {
  const { concurrency, wake, onRoom } = options
  const waiting = new Map<string, DueJob>()
  const running = new Map<string, number>()
  let closed = false

  const startNext = () => {
    for (const [id, job] of waiting) {
      const queue = queueOf(job.name)
      const others = running.get(queue) ?? 0
      if (closed || others >= concurrency) continue
      waiting.delete(id)
      running.set(queue, others + 1)
      wake(job).finally(() => {
        running.set(queue, (running.get(queue) ?? 1) - 1)
        startNext()
        onRoom()
      })
    }
  }
  return {
    take(jobs) {
      for (const job of jobs) waiting.set(job.id, job)
      startNext()
    },
    room: () => Math.max(0, MOST - waiting.size),
    close() {
      closed = true
      waiting.clear()
    },
  }
}
