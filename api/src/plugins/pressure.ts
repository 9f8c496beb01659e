/**
 * A process that has more to do than it can do serves nobody: requests wait until their clients give up, and are worked on nevertheless.
 * Beyond these bounds new ones are sent away at once, to come again, or to another process.
 */
import { getHeapStatistics } from 'node:v8'
import { DomainError } from '@envoi/core'
import fastifyUnderPressure from '@fastify/under-pressure'
import type { FastifyInstance } from 'fastify'

export interface Pressure {
  /** Mean delay of the event loop over a sample; 0 for no bound. */
  eventLoopDelayMs: number
  /** A single long task in a sample this long is no pressure. */
  sampleMs: number
  heapBytes: number
}

export const defaultPressure = (): Pressure => ({
  // a busy process has tens of milliseconds; at a whole second every answer takes several
  eventLoopDelayMs: 1_000,
  sampleMs: 2_000,
  // of what V8 may take: above, it collects garbage more than it works, and ends by itself at the limit, with all that is under way
  heapBytes: Math.floor(getHeapStatistics().heap_size_limit * 0.9),
})

/** Whoever watches the process must hear from it: restarting it for being busy would make others busier. */
const exempt = (url: string) => url.startsWith('/health/')

export async function registerPressure(app: FastifyInstance, pressure: Pressure): Promise<void> {
  let listeningSince = Number.POSITIVE_INFINITY
  app.addHook('onListen', async () => {
    listeningSince = performance.now()
  })
  // the start itself keeps the event loop for a second or two, which is in the first sample
  const isStarting = () => performance.now() - listeningSince < 2 * pressure.sampleMs
  await app.register(fastifyUnderPressure, {
    maxEventLoopDelay: pressure.eventLoopDelayMs,
    maxHeapUsedBytes: pressure.heapBytes,
    sampleInterval: pressure.sampleMs,
    pressureHandler(request, _reply, type) {
      if (exempt(request.url) || isStarting()) return
      request.log.warn({ type }, 'a request was sent away: too much to do')
      throw new DomainError('unavailable', { retryAfter: 2 })
    },
  })
}
