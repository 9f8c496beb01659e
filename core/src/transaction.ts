import type { Prisma, PrismaClient } from '@envoi/prisma'
import type { Platform } from './context.ts'
import type { OnceOnly } from './idempotency/once-only.ts'

/** A new object each time: Prisma writes the id of an enclosing transaction into it. */
const limits = () => ({ maxWait: 10_000, timeout: 60_000 })

/** Only a client of its own connects. (`$transaction` tells nothing: inside a transaction it makes a savepoint.) */
const isClient = (db: PrismaClient | Prisma.TransactionClient): db is PrismaClient => '$connect' in db

/** What is read past `db` does not see what this transaction has written. */
export const inTransaction = ({ db }: Pick<Platform, 'db'>): boolean => !isClient(db)

/**
 * One command, one transaction: the function gets the same context with `db` inside the transaction, so that its jobs,
 * its audit line and everything it calls commit together or not at all. Inside a transaction it simply goes on.
 *
 * Of a request with an Idempotency-Key the commit waits for the answer, which is kept in the same transaction.
 */
export async function transaction<C extends Platform & { once?: OnceOnly }, T>(
  context: C,
  work: (tx: C) => Promise<T>,
): Promise<T> {
  const { once, db } = context
  if (once !== undefined) {
    const { once: _, ...rest } = context
    return once.hold((db) => work({ ...rest, db } as unknown as C), limits())
  }
  if (!isClient(db)) return work(context)
  return db.$transaction((inside) => work({ ...context, db: inside }), limits())
}

/** A step that is to stay whatever becomes of the request, such as a guess that was counted: it commits by itself, at once. */
export function apart<C extends Platform & { once?: OnceOnly }>(context: C): C {
  const { once, ...rest } = context
  return once === undefined ? context : ({ ...rest, db: once.db } as unknown as C)
}
