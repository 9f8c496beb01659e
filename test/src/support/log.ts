import { logOptions } from '@envoi/core'
import { type Logger, pino } from 'pino'

export interface TestLog {
  log: Logger
  /** What a process would have written, one JSON object a line. */
  lines: string[]
}

/** A log that is kept, with the redaction of a real process. */
export function keptLog(level = 'debug'): TestLog {
  const lines: string[] = []
  return { log: pino(logOptions(level), { write: (line: string) => lines.push(line) }), lines }
}
