import type { Prisma, PrismaClient } from '@envoi/prisma'
import type { Platform } from './context.ts'

/** Only a client of its own connects. (`$transaction` tells nothing: inside a transaction it makes a savepoint.) */
const isClient = (db: PrismaClient | Prisma.TransactionClient): db is PrismaClient => '$connect' in db

/** What is read past `db` does not see what this transaction has written. */
export const inTransaction = ({ db }: Pick<Platform, 'db'>): boolean => !isClient(db)

/**
 * One command, one transaction: the function gets the same context with `db` inside the transaction, so that its jobs,
 * its audit line and everything it calls commit together or not at all. Inside a transaction it simply goes on.
 */
export async function transaction<C extends Platform, T>(
  context: C,
  work: (tx: C) => Promise<T>,
): Promise<T> {
  const { db } = context
  if (!isClient(db)) return work(context)
  return db.$transaction((tx) => work({ ...context, db: tx }), { maxWait: 10_000, timeout: 60_000 })
}
