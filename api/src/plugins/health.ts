import type { Platform } from '@envoi/core'
import type { FastifyInstance } from 'fastify'
import type { SharedCounter } from './shared-counter.ts'

/** A database that does not answer is away, even when the connection stands. */
const silence = () =>
  new Promise<never>((_, reject) => setTimeout(() => reject(new Error('silence')), 5_000).unref())

/**
 * `/health/live`: the process answers. `/health/ready`: it can do its work, database included; `degraded` names what it does with less
 * than usual meanwhile.
 */
export function registerHealth(
  app: FastifyInstance,
  platform: Platform,
  counter: Pick<SharedCounter, 'isShared'>,
): void {
  app.get('/health/live', async () => ({ status: 'ok' }))
  app.get('/health/ready', async (_request, reply) => {
    if (app.leaving.has())
      return reply.code(503).header('retry-after', '5').send({ status: 'unavailable', reason: 'stopping' })
    try {
      await Promise.race([platform.pool.query('select 1'), silence()])
      return counter.isShared() ? { status: 'ok' } : { status: 'ok', degraded: ['limits'] }
    } catch {
      return reply.code(503).header('retry-after', '5').send({ status: 'unavailable', reason: 'database' })
    }
  })
}
