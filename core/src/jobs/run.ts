import type { JobName } from './names.ts'

/** Where a job is found in the outbox: all that a queue ever holds. */
export interface JobKey {
  accountId: string
  id: string
}

/** A job which is due, on its way to a queue. */
export interface DueJob extends JobKey {
  name: JobName
  /** How often it was started before. */
  attempts: number
}

/** A job under lease. The lease is held by the one whose `attempt` the row still bears. */
export interface JobRun extends JobKey {
  name: JobName
  payload: unknown
  attempt: number
  /** Failures in a row before this run. */
  failures: number
}

export interface DueRow {
  account_id: string
  id: string
  name: JobName
  attempts: number
}

export const presentDueJob = (row: DueRow): DueJob => ({
  accountId: row.account_id,
  id: row.id,
  name: row.name,
  attempts: row.attempts,
})
