import { asSystem, type Context, enqueue, type Platform } from '@envoi/core'
import { platformAccount } from '@envoi/core/jobs/schedules'
import { type Processors, processors, startWorkers, type WorkersOptions } from '@envoi/workers'
import { until } from './until.ts'

/** The processors, with another in the place of the one for the job that these tests ask for. */
export const partitionsAs = (processor: Processors['platform.partitions']): Processors => ({
  ...processors,
  'platform.partitions': processor,
})

export interface JobsOfTest {
  context: Context
  ask(options?: { runAt?: Date; dedupeKey?: string }): Promise<void>
  /** The rows of the outbox. */
  rows(): Promise<OutboxRow[]>
  untilAllDone(): Promise<void>
  /** Workers that are closed at the end of the test. */
  start(options: WorkersOptions, platform?: Platform): Promise<{ close(): Promise<void> }>
  closeAll(): Promise<void>
}

export interface OutboxRow {
  id: string
  name: string
  run_at: Date | null
  armed_at: Date | null
  lease_until: Date | null
  attempts: number
  failures: number
  last_error: string | null
}

/** Times are cut short, so that the tests wait for events and not for intervals. */
const brief: WorkersOptions = { pollMs: 50, lostAfterMs: 600, schedules: [] }

export function jobsOf(platform: Platform): JobsOfTest {
  const context = asSystem(platform, platformAccount, 'test')
  const running: { close(): Promise<void> }[] = []
  const rows = async () => (await platform.pool.query<OutboxRow>('select * from outbox order by id')).rows
  return {
    context,
    ask: (options) => enqueue(context, 'platform.partitions', {}, options),
    rows,
    untilAllDone: async () => {
      await until('all jobs are done', async () => (await rows()).length === 0)
    },
    async start(options, on = platform) {
      const workers = await startWorkers(on, { ...brief, ...options })
      running.push(workers)
      return workers
    },
    async closeAll() {
      await Promise.all(running.splice(0).map((workers) => workers.close()))
    },
  }
}
