import { asSystem, type Platform } from '../context.ts'
import { transaction } from '../transaction.ts'
import { enqueue } from './enqueue.ts'
import type { JobName, JobPayloads } from './names.ts'

/** The account of what the platform does for itself. */
export const platformAccount = '00000000-0000-0000-0000-000000000000'

/** A job that comes back by the clock. It runs under the platform's account and finds its work in the tables. */
export interface Schedule<N extends JobName = JobName> {
  job: N
  payload: JobPayloads[N]
  /** The first time after an instant. */
  next: (after: Date) => Date
}

/** Every day at a time in UTC. */
export function daily(hour: number, minute = 0): (after: Date) => Date {
  return (after) => {
    const next = new Date(after)
    next.setUTCHours(hour, minute, 0, 0)
    if (next <= after) next.setUTCDate(next.getUTCDate() + 1)
    return next
  }
}

/** At each multiple of so many seconds. */
export function every(seconds: number): (after: Date) => Date {
  const step = seconds * 1_000
  return (after) => new Date((Math.floor(after.getTime() / step) + 1) * step)
}

/**
 * Puts the scheduled jobs that are due into the outbox, each once, however many workers ask. A schedule seen for the
 * first time begins with its next time; times that passed while nothing ran are made up for by one run.
 *
 * The next time is never more than one period ahead: what was written by a clock that was wrong, or for a longer period, is pulled back.
 */
export async function tickSchedules(platform: Platform, schedules: readonly Schedule[]): Promise<void> {
  const now = platform.clock.now()
  const context = asSystem(platform, platformAccount, 'jobs.schedule')
  const known = await platform.db.schedule.findMany({
    where: { name: { in: schedules.map(({ job }) => job) } },
  })
  const times = new Map(known.map(({ name, nextAt }) => [name, nextAt]))
  const unknown = schedules.filter(({ job }) => !times.has(job))
  if (unknown.length > 0) {
    const data = unknown.map(({ job, next }) => ({ name: job, nextAt: next(now) }))
    await platform.db.schedule.createMany({ data, skipDuplicates: true })
  }
  for (const { job, payload, next } of schedules) {
    const nextAt = times.get(job)
    if (nextAt === undefined) continue
    const soonest = next(now)
    if (nextAt > soonest)
      await platform.db.schedule.updateMany({ where: { name: job, nextAt }, data: { nextAt: soonest } })
    if (nextAt > now) continue
    await transaction(context, async (tx) => {
      // whoever moves the time from the one that was read does the work: exactly one does
      const moved = await tx.db.schedule.updateMany({
        where: { name: job, nextAt },
        data: { nextAt: soonest },
      })
      if (moved.count === 1) await enqueue(tx, job, payload, { dedupeKey: 'schedule' })
    })
  }
}
