import pg from 'pg'
import type { Platform } from '../context.ts'

/**
 * Calls back at each commit that put a due job into the outbox. The connection is its own, since LISTEN lasts as long as
 * the connection (no transaction-mode pooler in between); when it breaks it is made anew, and what was notified
 * meanwhile is made up for by one call.
 */
export function listenToOutbox(platform: Platform, onNotice: () => void): { close(): Promise<void> } {
  let client: pg.Client | undefined
  let retry: NodeJS.Timeout | undefined
  let closed = false
  let connecting: Promise<void> = Promise.resolve()

  const again = (broken: pg.Client) => {
    if (client !== broken) return
    client = undefined
    broken.end().catch(() => undefined)
    if (!closed) retry = setTimeout(connect, 1_000)
  }
  const connect = () => {
    const { databaseUrl: connectionString } = platform.settings
    const fresh = new pg.Client({ connectionString, keepAlive: true, application_name: 'envoi relay' })
    client = fresh
    fresh.on('error', () => again(fresh))
    fresh.on('end', () => again(fresh))
    fresh.on('notification', onNotice)
    connecting = fresh
      .connect()
      .then(() => fresh.query('listen envoi_outbox'))
      .then(onNotice)
      .catch(() => again(fresh))
  }
  connect()
  return {
    async close() {
      closed = true
      clearTimeout(retry)
      await connecting
      const last = client
      client = undefined
      await last?.end().catch(() => undefined)
    },
  }
}
