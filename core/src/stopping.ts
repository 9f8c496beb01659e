import type { Logger } from 'pino'

/**
 * A process that is asked to end has ended by then, with all its parts: before the supervisor (see `manageProcess`) or a container
 * (`stop_grace_period`) kills it. What is still under way is safe to be cut off: it is in rows, under leases.
 */
export const STOP_MS = 8_000

/** Ends the process at the deadline, whatever hangs. */
export function endInTime(log: Logger, since = performance.now()): void {
  setTimeout(
    () => {
      log.warn({ afterMs: Math.round(performance.now() - since) }, 'what is still under way is cut off')
      process.exit(0)
    },
    Math.max(0, STOP_MS - (performance.now() - since)),
  )
}
