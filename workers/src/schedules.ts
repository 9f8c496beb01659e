import { daily, every, type Schedule } from '@envoi/core/jobs/schedules'

/** All that comes back by the clock. Times are UTC. */
export const schedules: readonly Schedule[] = [
  { job: 'access.forget', payload: {}, next: every(3_600) },
  { job: 'access.rotateKeys', payload: {}, next: every(3_600) },
  { job: 'accounts.close', payload: {}, next: every(3_600) },
  { job: 'audit.prune', payload: {}, next: daily(3, 10) },
  { job: 'audit.seal', payload: {}, next: every(300) },
  { job: 'consents.seal', payload: {}, next: every(300) },
  { job: 'idempotency.forget', payload: {}, next: every(3_600) },
  { job: 'imports.forget', payload: {}, next: every(3_600) },
  // after retention has taken what it takes
  { job: 'integrity.verify', payload: {}, next: daily(3, 40) },
  // what an edge killed before it could ask has recorded
  { job: 'events.ingest', payload: {}, next: every(60) },
  { job: 'platform.partitions', payload: {}, next: daily(2, 10) },
  { job: 'records.seal', payload: {}, next: every(300) },
  { job: 'users.forgetMails', payload: {}, next: daily(2, 40) },
]
