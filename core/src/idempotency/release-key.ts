import { setTimeout as pause } from 'node:timers/promises'
import type { Context } from '../context.ts'
import { isDatabaseAway } from '../database-away.ts'
import { lostAfterMs, storedKey } from './request-key.ts'

/**
 * Gives a key back after a failure of ours, so that the request may be tried again with it. When the failure is that the database is
 * away, it goes on trying behind the caller's back, for as long as nobody else can have taken the key.
 */
export async function releaseKey(context: Context, key: string): Promise<void> {
  try {
    await release(context, key)
  } catch (error) {
    if (!isDatabaseAway(error)) throw error
    releaseLater(context, key).catch((failure: unknown) =>
      context.log.warn({ err: failure }, 'an idempotency key could not be released'),
    )
  }
}

const release = ({ db, scope }: Context, key: string) =>
  db.idempotencyKey.deleteMany({ where: { ...scope, key: storedKey(key), status: null } })

async function releaseLater(context: Context, key: string): Promise<void> {
  for (const deadline = performance.now() + lostAfterMs / 2; ; ) {
    await pause(250, undefined, { ref: false })
    try {
      await release(context, key)
      return
    } catch (error) {
      if (!isDatabaseAway(error) || performance.now() > deadline) throw error
    }
  }
}
