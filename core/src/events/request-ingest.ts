import { asSystem, type Platform } from '../context.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { platformAccount } from '../jobs/schedules.ts'

/**
 * Asks for the ingestion of events, at most once per `interval` milliseconds: an upsert per write would make all edges queue
 * on one row. A schedule catches what a killed process did not ask for.
 */
export function ingestRequester(
  platform: Platform,
  interval = 500,
): { request(): void; close(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let asking: Promise<void> = Promise.resolve()
  const ask = () => {
    timer = undefined
    asking = enqueue(
      asSystem(platform, platformAccount, 'events.record'),
      'events.ingest',
      {},
      { dedupeKey: 'ingest' },
    ).catch((error) => platform.log.warn({ err: error }, 'could not ask for the ingestion of events'))
  }
  return {
    request() {
      timer ??= setTimeout(ask, interval)
    },
    async close() {
      if (timer !== undefined) {
        clearTimeout(timer)
        ask()
      }
      await asking
    },
  }
}
