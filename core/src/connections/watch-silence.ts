/**
 * A database that is frozen takes what it is sent and says nothing, for as long as it is frozen: no time limit of a statement ends that,
 * for it is the server that would keep it. So whoever has waited in silence asks on another connection whether anybody is there.
 */
import type { Socket } from 'node:net'
import pg from 'pg'

export interface SilenceOptions {
  /** How long a connection that was asked something may say nothing before the question is asked, and how long the answer may take. */
  silenceMs: number
  onSilence(): void
}

/**
 * Ends the connections of a pool whose server has stopped answering: what waits on them fails as when a connection breaks. A statement
 * that merely takes long goes on, because the server answers others meanwhile.
 */
export function watchSilence(pool: pg.Pool, config: pg.ClientConfig, options: SilenceOptions): void {
  const { silenceMs, onSilence } = options
  let asking: Promise<boolean> | undefined
  const isThere = () => {
    asking ??= answers(config, silenceMs).finally(() => {
      asking = undefined
    })
    return asking
  }
  pool.on('connect', (client) => {
    const socket = socketOf(client)
    let answered = socket.bytesWritten
    client.on('drain', () => {
      answered = socket.bytesWritten
    })
    socket.setTimeout(silenceMs)
    socket.on('timeout', async () => {
      const { bytesRead } = socket
      const isWaiting = () =>
        socket.bytesWritten > answered && socket.bytesRead === bytesRead && !socket.destroyed
      if (!isWaiting()) return
      if (await isThere()) socket.setTimeout(silenceMs)
      else if (isWaiting()) {
        onSilence()
        socket.destroy(new Error('Connection terminated: the database does not answer'))
      }
    })
  })
}

/** An error is an answer too, when it is the server's: it may be full, or starting up. */
async function answers(config: pg.ClientConfig, withinMs: number): Promise<boolean> {
  const client = new pg.Client({
    ...config,
    application_name: 'envoi silence',
    connectionTimeoutMillis: withinMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch (error) {
    return error instanceof pg.DatabaseError
  } finally {
    // not `end()`, which would wait for the other side
    socketOf(client).destroy()
  }
}

/** node-postgres documents neither, and has had both since its beginnings. */
const socketOf = (client: pg.Client | pg.PoolClient): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream
