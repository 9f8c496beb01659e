import type { Platform } from '@envoi/core'
import { databaseProbe } from '@envoi/core/platform/probe-database'
import type { FastifyInstance } from 'fastify'
import type { SharedCounter } from './shared-counter.ts'

/**
 * `/health/live`: the process answers. `/health/ready`: it can do its work, which needs a database that can be written to;
 * `degraded` names what it does with less than usual meanwhile.
 */
export function registerHealth(
  app: FastifyInstance,
  platform: Platform,
  counter: Pick<SharedCounter, 'isShared'>,
): void {
  const probe = databaseProbe(platform)
  app.get('/health/live', async () => ({ status: 'ok' }))
  app.get('/health/ready', async (request, reply) => {
    if (app.leaving.has())
      return reply.code(503).header('retry-after', '5').send({ status: 'unavailable', reason: 'stopping' })
    try {
      await probe()
      return counter.isShared() ? { status: 'ok' } : { status: 'ok', degraded: ['limits'] }
    } catch (error) {
      request.log.warn({ err: error }, 'not ready')
      return reply.code(503).header('retry-after', '5').send({ status: 'unavailable', reason: 'database' })
    }
  })
}
