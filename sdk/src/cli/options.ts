import type { Options } from './command.ts'
import { UsageError } from './failures.ts'

/** Flags that every command takes. */
export const everywhere = {
  json: { type: 'boolean', describe: 'the result as JSON on stdout, also when it is a failure' },
  url: { type: 'string', value: 'address', describe: 'the server, in place of ENVOI_URL' },
  help: { type: 'boolean', short: 'h', describe: 'this text' },
  version: { type: 'boolean', describe: 'the version' },
} as const satisfies Options

/** How much of a list. */
export const listOptions = {
  limit: { type: 'string', value: 'number', describe: 'how many at most; 50 unless said' },
  all: { type: 'boolean', describe: 'all of them' },
} as const satisfies Options

/** A moment as RFC 3339 or a date alone, which is its midnight in UTC. */
export function instant(name: string, value: string): string {
  const time = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?$/.test(value)
    ? Date.parse(value)
    : Number.NaN
  if (Number.isNaN(time))
    throw new UsageError(`--${name} is a date such as 2027-01-31, or a moment such as 2027-01-31T09:30:00Z`)
  return new Date(time).toISOString()
}
