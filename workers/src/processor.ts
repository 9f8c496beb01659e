import type { Context, JobName, JobPayloads } from '@envoi/core'

/** What a processor is told of the run, besides its payload. */
export interface Run {
  jobId: string
  /** 1 at the first start. A job may have been interrupted at any instant before: it must bear being run again. */
  attempt: number
  /** Failures in a row before this run. */
  failures: number
  /**
   * Aborted when the process shuts down or the job has been lost to another worker. Look at it between batches, with
   * `signal.throwIfAborted()`: the job goes on elsewhere at once. A run that returns counts as done.
   */
  signal: AbortSignal
}

/** To be run again later, with the same payload. */
export interface Again {
  runAt: Date
}

/** Unpacks and calls the domain: no rules and no SQL here. Throwing means to be tried again later. */
export type Processor<N extends JobName> = (
  context: Context,
  payload: JobPayloads[N],
  run: Run,
  // biome-ignore lint/suspicious/noConfusingVoidType: a processor that has nothing to say returns nothing
) => Promise<Again | void>

/** One processor for each job: a missing one does not compile. */
export type Processors = { [N in JobName]: Processor<N> }
