import type { JobName } from './names.ts'

/** Where a job is found in the outbox: all that a queue ever holds. */
export interface JobKey {
  accountId: string
  id: string
}

/** A job which is due, on its way to a queue. */
export interface DueJob extends JobKey {
  name: JobName
  /** Since when. */
  dueAt: Date
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
  due_at: Date
}

export const presentDueJob = (row: DueRow): DueJob => ({
  accountId: row.account_id,
  id: row.id,
  name: row.name,
  dueAt: row.due_at,
})
