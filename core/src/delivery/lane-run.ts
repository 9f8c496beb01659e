/** The run of a job that delivers: its claims bear `jobId`, its lease `attempt`. */
export interface LaneRun {
  jobId: string
  attempt: number
  signal: AbortSignal
}
