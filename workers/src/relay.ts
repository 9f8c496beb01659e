/**
 * Brings due jobs from the outbox to the queues. `enqueue` notifies the channel `envoi_outbox` at commit, so that a job
 * starts within milliseconds; a look every second finds what comes due by the clock, and all else when a notification
 * is lost. Every few seconds, jobs that were handed over and not started are handed over again: this is what makes the
 * loss of a queue harmless. Any number of relays may run.
 */
import type { Platform } from '@envoi/core'
import { armDueJobs } from '@envoi/core/jobs/arm-due-jobs'
import { listenToOutbox } from '@envoi/core/jobs/listen-outbox'
import { rearmLostJobs } from '@envoi/core/jobs/rearm-lost-jobs'
import type { DueJob } from '@envoi/core/jobs/run'
import { type Schedule, tickSchedules } from '@envoi/core/jobs/schedules'

export interface RelayOptions {
  schedules: readonly Schedule[]
  pollMs: number
  /** How long a job may be in the queue's hands before it is handed over again. */
  lostAfterMs: number
  handOver: (jobs: DueJob[]) => Promise<void>
  /** How many of so many jobs may be handed over now. */
  room: (most: number) => number
}

export interface Relay {
  /** Looks again at once. */
  ring(): void
  close(): Promise<void>
}

const batch = 500

export function startRelay(platform: Platform, options: RelayOptions): Relay {
  const bell = createBell()
  const listener = listenToOutbox(platform, bell.ring)
  let closed = false
  const scheduleIsDue = pacer(options.pollMs)
  const lostIsDue = pacer(options.lostAfterMs / 3)

  const round = async () => {
    if (scheduleIsDue()) await tickSchedules(platform, options.schedules)
    if (lostIsDue()) {
      const before = new Date(platform.clock.now().getTime() - options.lostAfterMs)
      const lost = await rearmLostJobs(platform, before, options.room(batch))
      if (lost.length > 0) {
        platform.log.info({ jobs: lost.length }, 'jobs not started in time are handed over again')
        await options.handOver(lost)
      }
    }
    while (!closed) {
      const room = options.room(batch)
      const due = room === 0 ? [] : await armDueJobs(platform, room)
      if (due.length > 0) await options.handOver(due)
      if (due.length < room || room === 0) return
    }
  }

  const loop = async () => {
    while (!closed) {
      try {
        await round()
      } catch (error) {
        if (!closed)
          platform.log.warn({ err: error }, 'relay: this round failed, the next one makes up for it')
        await bell.pause(Math.min(options.pollMs, 1_000))
        continue
      }
      await bell.wait(options.pollMs)
    }
  }
  const looping = loop()
  return {
    ring: bell.ring,
    async close() {
      closed = true
      bell.close()
      await Promise.all([looping, listener.close()])
    },
  }
}

/** True at most once in so many milliseconds: notifications come at any rate. */
function pacer(ms: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY
  return () => {
    if (performance.now() - last < ms) return false
    last = performance.now()
    return true
  }
}

/** Something to wait on: rung while nobody waits, it lets the next one pass at once. */
function createBell() {
  let rung = false
  let closed = false
  let wake = () => {}
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  return {
    ring() {
      rung = true
      wake()
    },
    close() {
      closed = true
      wake()
    },
    async wait(ms: number) {
      if (!rung && !closed) await sleep(ms)
      rung = false
    },
    /** The same, but deaf. */
    async pause(ms: number) {
      const until = performance.now() + ms
      while (!closed && performance.now() < until) await sleep(until - performance.now())
    },
  }
}
