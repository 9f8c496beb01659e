/**
 * The connections of a process, by what they are for (docs/decisions, "Connections are kept apart"). Whatever fills those of requests, the
 * people who unsubscribe, the links of messages and those who watch the process find theirs free.
 */
import { createPrismaClient, type PrismaClient } from '@envoi/prisma'
import type pg from 'pg'
import type { Logger } from 'pino'
import { type Lanes, openLanes } from './lanes.ts'
import { openPool } from './open-pool.ts'

export interface Database {
  db: PrismaClient
  pool: pg.Pool
}

export interface Reserved {
  /** For pages that people open from a message. */
  pages: Database
  /** For clicks and opens, which are written by one statement at a time. */
  tracking: pg.Pool
  /** For probes, and for cancelling. */
  control: pg.Pool
}

export interface ProcessConnections extends Database {
  lanes: Lanes | null
  reserved: Reserved
  close(): Promise<void>
}

/** Of what kind a process is: whether somebody waits for its work. */
export type ProcessKind = 'api' | 'worker'

/** Connections of an API process: 19 in all, and one that counts requests (`access/count-requests`). */
export const apiPools = { requests: 10, lanes: 4, pages: 3, tracking: 1, control: 1 } as const

/** All below what a handler is given (55 s), so that a statement ends before its request is given up. */
const statementMs = { requests: 20_000, lanes: 40_000, pages: 10_000, tracking: 10_000, control: 5_000 }

/** A worker's statements go through millions of rows: one that takes longer has lost its way, and its job is tried again. */
const workerStatementMs = 15 * 60_000

export function openConnections(
  databaseUrl: string,
  options: { kind: ProcessKind; log: Logger; size?: number },
): ProcessConnections {
  const { kind, log, size = apiPools.requests } = options
  const isApi = kind === 'api'
  const bounds = isApi ? { connectMs: 5_000, idleInTransactionMs: 60_000 } : { connectMs: 15_000 }
  const open = (name: keyof typeof apiPools, max: number) =>
    openPool(databaseUrl, log, {
      ...bounds,
      name: isApi ? `api ${name}` : 'worker jobs',
      max: Math.min(max, size),
      statementMs: isApi ? statementMs[name] : workerStatementMs,
    })
  const pools = {
    requests: open('requests', size),
    lanes: open('lanes', apiPools.lanes),
    pages: open('pages', apiPools.pages),
    tracking: open('tracking', apiPools.tracking),
    control: open('control', apiPools.control),
  }
  const db = createPrismaClient(pools.requests)
  const pages = lazyDatabase(pools.pages)
  const lanes = isApi
    ? openLanes({ pool: pools.lanes, size: pools.lanes.options.max, control: pools.control, log })
    : null
  return {
    db,
    pool: pools.requests,
    lanes,
    reserved: { pages, tracking: pools.tracking, control: pools.control },
    async close() {
      await Promise.all([db.$disconnect(), pages.close(), lanes?.close()])
      await Promise.all(Object.values(pools).map((pool) => pool.end()))
    },
  }
}

/** A client takes some 20 MB: it is made when it is first asked for. */
function lazyDatabase(pool: pg.Pool) {
  let made: PrismaClient | undefined
  return {
    pool,
    get db() {
      made ??= createPrismaClient(pool)
      return made
    },
    close: async () => made?.$disconnect(),
  }
}
