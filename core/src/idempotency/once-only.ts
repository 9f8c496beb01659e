/**
 * How the answer of a request is kept with its effect, or neither (docs/decisions, "Idempotent answers are kept with the effect").
 * The transaction of the command is held open when its work is done, until the answer is known: then the answer is written in it, and both
 * commit. A process that is killed before leaves nothing, one that is killed after has left both.
 */
import type { Prisma, PrismaClient } from '@envoi/prisma'

interface Held {
  db: Prisma.TransactionClient
  /** Lets the transaction end. */
  end(last: (db: Prisma.TransactionClient) => Promise<void>): void
  /** Resolves when it has committed. */
  ended: Promise<void>
}

export interface OnceOnly {
  /** Outside of any transaction. */
  db: PrismaClient
  /** What a request reads and writes with after its command: the transaction that is held, so that it sees what was done. */
  current(): PrismaClient | Prisma.TransactionClient
  /** Runs a command's transaction up to, but without, its commit. One that is held from before commits first. */
  hold<T>(
    work: (db: Prisma.TransactionClient) => Promise<T>,
    limits: { maxWait: number; timeout: number },
  ): Promise<T>
  /** Commits what is held, if anything is, after a last statement in it. Answers whether something was held. */
  commit(last: (db: Prisma.TransactionClient) => Promise<void>): Promise<boolean>
  /** Takes back what is held, and what is still being done. */
  rollback(): Promise<void>
}

class TakenBack extends Error {}

export function onceOnly(db: PrismaClient): OnceOnly {
  let held: Held | null = null
  let isOver = false

  async function commit(last: Parameters<OnceOnly['commit']>[0]): Promise<boolean> {
    const { end, ended } = held ?? {}
    held = null
    end?.(last)
    await ended
    return ended !== undefined
  }

  return {
    db,
    current: () => held?.db ?? db,
    async hold(work, limits) {
      await commit(async () => undefined)
      return new Promise((resolve, reject) => {
        const ended = db.$transaction(async (inside) => {
          const result = await work(inside)
          // it was given up meanwhile, and answered
          if (isOver) throw new TakenBack()
          const last = await new Promise<Parameters<Held['end']>[0]>((end) => {
            held = { db: inside, end, ended }
            resolve(result)
          })
          await last(inside)
        }, limits)
        // before the work is done a failure is that of the command; afterwards `reject` does nothing, and `commit` tells of it
        ended.catch(reject)
      })
    },
    commit,
    async rollback() {
      isOver = true
      await commit(() => Promise.reject(new TakenBack())).catch((error: unknown) => {
        if (!(error instanceof TakenBack)) throw error
      })
    },
  }
}
