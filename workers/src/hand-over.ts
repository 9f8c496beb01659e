/**
 * Hands due jobs to the queues, or to this process while the queues cannot be reached: a server that has died, or one that is frozen and
 * answers nothing. The row in the outbox is the job, and its lease lets it run once, whoever is woken and however often; so there is
 * no harm in running here what a frozen queue may still hold, or hands out when it is well again.
 */
import type { Logger } from '@envoi/core'
import { answerInTime } from '@envoi/core/answer-in-time'
import type { DueJob } from '@envoi/core/jobs/run'
import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel'
import type { LocalJobs } from './local-jobs.ts'
import type { Queues } from './queues.ts'

/** A queue takes hundreds of wake-ups in milliseconds. */
const ANSWER_MS = 1_000
/** The queues are tried again so often, by the first jobs that are due then. */
const TRY_AGAIN_MS = 5_000

export interface HandOver {
  handOver(jobs: DueJob[]): Promise<void>
  /** How many jobs may be handed over at a time. */
  room(most: number): number
}

export function handOverOrRun(
  { handOver }: Pick<Queues, 'handOver'>,
  local: LocalJobs,
  log: Logger,
): HandOver {
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: TRY_AGAIN_MS,
    breaker: new ConsecutiveBreaker(1),
  })
  let isAway = false
  return {
    async handOver(jobs) {
      try {
        await breaker.execute(() => answerInTime(handOver(jobs), ANSWER_MS))
        if (isAway) log.info('the queues are reached again')
        isAway = false
      } catch (error) {
        if (!isAway)
          log.warn({ err: error }, 'the queues cannot be reached: jobs run in the process that finds them')
        isAway = true
        local.take(jobs)
      }
    },
    room: (most) => (breaker.state === CircuitState.Closed ? most : Math.min(most, local.room())),
  }
}
