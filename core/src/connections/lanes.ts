/**
 * Few connections for what may take long, so that it takes nothing from what must not wait. Accounts share them fairly, and what
 * is given up is cancelled in Postgres too: a query that nobody waits for would go on for as long as it was going to take.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { createPrismaClient, type Prisma, type PrismaClient } from '@envoi/prisma'
import type pg from 'pg'
import type { Logger } from 'pino'
import { shareTurns } from './turns.ts'

export interface Lanes {
  /**
   * Waits for a turn, and runs `work` in a transaction on a connection of its own. When the signal says that nobody waits for it any
   * more, the statement that is running is cancelled, and so are those that follow.
   *
   * @throws DomainError `rate_limited` or `unavailable` when the wait was too long
   */
  run<T>(
    owner: string,
    signal: AbortSignal | undefined,
    work: (db: Prisma.TransactionClient) => Promise<T>,
  ): Promise<T>
  close(): Promise<void>
}

export interface LaneOptions {
  /** Its size is how many are at work at once. */
  pool: pg.Pool
  size: number
  /** For cancelling: it must not wait for what is to be cancelled. */
  control: pg.Pool
  log: Logger
}

/** Of one account: more than may well be meant, and less than would keep memory busy. */
const waiting = 20
const waitMs = 10_000
const limits = { maxWait: 5_000, timeout: 60_000 }
/** A statement may begin just after the one before it was cancelled. */
const againMs = 100

export function openLanes({ pool, size, control, log }: LaneOptions): Lanes {
  const turns = shareTurns({ total: size, each: Math.ceil(size / 2), waiting, waitMs })
  const prefix = `envoi lane ${randomBytes(6).toString('hex')}`
  const free = Array.from({ length: size }, (_, index) => `${prefix}/${index}`)
  // a client takes some 20 MB, and not every process needs it
  let made: PrismaClient | undefined
  const client = () => {
    made ??= createPrismaClient(pool)
    return made
  }

  async function cancel(name: string): Promise<void> {
    await control.query({ name: 'cancel-lane', text: cancelSql, values: [name] }).catch((error: unknown) => {
      log.warn({ err: error }, 'a query that nobody waits for could not be cancelled')
    })
  }

  return {
    async run(owner, signal, work) {
      const leave = await turns.enter(owner, signal)
      const name = free.pop()
      if (name === undefined) throw new Error('there are more turns than lanes')
      try {
        return await client().$transaction(async (db) => {
          // no query: whoever needs another isolation level may still ask for it
          await db.$executeRawUnsafe(`set local application_name = '${name}'`)
          const stop = onAbort(signal, () => cancel(name))
          return await work(db).finally(stop)
        }, limits)
      } finally {
        free.push(name)
        leave()
      }
    },
    async close() {
      await made?.$disconnect()
    },
  }
}

const cancelSql = `
  select pg_cancel_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name = $1 and state = 'active'`

/** Does it again and again from the abortion on, until it is told to stop; then nothing of it is under way any more. */
function onAbort(signal: AbortSignal | undefined, act: () => Promise<void>): () => Promise<void> {
  if (signal === undefined) return async () => undefined
  let isOver = false
  let acting: Promise<void> | undefined
  const begin = () => {
    acting ??= (async () => {
      while (!isOver) {
        await act()
        if (!isOver) await pause(againMs)
      }
    })()
  }
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin)
  return async () => {
    isOver = true
    signal.removeEventListener('abort', begin)
    await acting
  }
}
