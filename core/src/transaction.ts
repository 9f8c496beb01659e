import type { Platform } from './context.ts'

/**
 * One command, one transaction: the function gets the same context with `db` inside the transaction, so that its jobs,
 * its audit line and everything it calls commit together or not at all. Inside a transaction it simply goes on.
 */
export async function transaction<C extends Platform, T>(
  context: C,
  work: (tx: C) => Promise<T>,
): Promise<T> {
  if (!('$transaction' in context.db)) return work(context)
  return context.db.$transaction((db) => work({ ...context, db }), { maxWait: 10_000, timeout: 60_000 })
}
