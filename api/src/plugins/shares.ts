/**
 * How many requests of one account are at work at once. Each may hold a connection to the database for a while: without a bound, the first
 * account that sends more than there are connections makes everybody else wait for them, and be refused in its place. The bound leaves some
 * connections to others; what is beyond it waits for its own, and is refused when it would wait too long.
 *
 * Expensive reads take turns of their own (`onLane`), lookups that are answered together hold no connection, and files take as
 * long as they come.
 */

import type { Platform } from '@envoi/core'
import { networkOf } from '@envoi/core/access/network'
import { shareTurns } from '@envoi/core/connections/turns'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { costOf } from '../routes/cost.ts'
import { clientAddress } from './client-address.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The work of the handler, which may go on after its answer was given up. */
    work: Promise<unknown> | null
  }
}

/** Connections that are left to others. */
const left = 2
/** Of one account: their bodies are held in memory. */
const waiting = 200
const waitMs = 5_000

export function registerShares(app: FastifyInstance, { pool }: Platform): void {
  const turns = shareTurns({
    total: Number.POSITIVE_INFINITY,
    each: Math.max(1, pool.options.max - left),
    waiting,
    waitMs,
  })
  app.decorateRequest('work', null)
  app.addHook('preHandler', async (request, reply) => {
    const { operation, streams } = request.routeOptions.config
    if (operation === undefined || streams === true || costOf(request) !== undefined) return
    const leave = await turns.enter(ownerOf(request), request.abandonment.signal)
    reply.raw.once('close', () => void Promise.resolve(request.work).finally(leave))
  })
}

function ownerOf(request: FastifyRequest): string {
  const { context, routeOptions } = request
  if (context !== null && 'accountId' in context) return context.accountId
  if (routeOptions.config.operation?.security.length !== 0) return 'operator'
  const address = clientAddress(request)
  return `address ${networkOf(address) ?? address}`
}
