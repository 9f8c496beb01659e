import type { Context } from '../context.ts'
import { uniqueViolation } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { Overtaken } from './write-contacts.ts'

const attempts = 6

/**
 * Runs a transaction again when another one has overtaken it: two creations of the same contact at once, of which the
 * second must find what the first has made. Anything else that fails, fails.
 */
export async function retryOvertaken<T>(context: Context, work: (tx: Context) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(context, work)
    } catch (error) {
      if (attempt === attempts || !isOvertaken(error)) throw error
    }
  }
}

function isOvertaken(error: unknown): boolean {
  return error instanceof Overtaken || uniqueViolation(error) !== undefined || isDeadlock(error)
}

/** SQLSTATE 40P01: Postgres ended one of two transactions that waited for each other. */
function isDeadlock(error: unknown): boolean {
  const { code, meta } = (error ?? {}) as {
    code?: string
    meta?: { code?: string; driverAdapterError?: { cause?: { originalCode?: string } } }
  }
  return (
    code === 'P2034' || meta?.code === '40P01' || meta?.driverAdapterError?.cause?.originalCode === '40P01'
  )
}
