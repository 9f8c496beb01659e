import type { Pressure } from '@envoi/api'

/** The server of a test has the thread of the test, which may be busy itself. */
export const noPressure: Pressure = {
  eventLoopDelayMs: 0,
  sampleMs: 60_000,
  heapBytes: Number.MAX_SAFE_INTEGER,
}
