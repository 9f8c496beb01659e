import { DomainError, type Platform } from '@envoi/core'
import { openRequestCounts } from '@envoi/core/access/count-requests'
import { networkOf } from '@envoi/core/access/network'
import fastifyRateLimit, { type FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { clientAddress } from './client-address.ts'
import { limitOpenings } from './opening-limit.ts'
import { type SharedCounter, sharedCounter } from './shared-counter.ts'

export interface Limits {
  /** Requests a minute of a user, or of an API key. */
  perCredentials: number
  /** Requests a minute from a network without credentials, or with wrong ones. */
  perAddress: number
  /** Accounts an hour that a network may open. Each sends a mail to an address that anybody can have typed. */
  openings: number
}

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts a request: with who is behind it once that is proven (`request.context` is set), else with where it comes from. What was
     * merely claimed is nobody: each guess at a token would be somebody new.
     *
     * @throws DomainError `rate_limited`
     */
    countRequest(request: FastifyRequest, reply: FastifyReply): Promise<void>
  }
}

export const defaultLimits: Limits = { perCredentials: 6_000, perAddress: 300, openings: 10 }

/** `RateLimit` and `RateLimit-Policy` in the syntax of draft-ietf-httpapi-ratelimit-headers-10. Counted by all processes together. */
export async function registerLimits(
  app: FastifyInstance,
  platform: Platform,
  limits: Limits,
): Promise<SharedCounter> {
  const counts = openRequestCounts(platform)
  // a database that is away at the start is no reason not to start
  app.addHook('onReady', () => counts.open().catch(() => undefined))
  app.addHook('onClose', () => counts.close())
  const counter = sharedCounter(counts, { log: platform.log, now: () => platform.clock.now().getTime() })
  await app.register(fastifyRateLimit, { global: false, store: storeOf(counter) })
  const check = app.createRateLimit({
    timeWindow: 60_000,
    max: (request: FastifyRequest) => quotaOf(request, limits),
    keyGenerator: keyOf,
  })
  const countOpening = limitOpenings(app, limits.openings)
  app.decorate('countRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const result = await check(request)
    if (result.isAllowed) return
    const quota = quotaOf(request, limits)
    reply.header('ratelimit-policy', `"default";q=${quota};w=60`)
    reply.header('ratelimit', `"default";r=${result.remaining};t=${result.ttlInSeconds}`)
    if (result.isExceeded) throw new DomainError('rate_limited', { retryAfter: result.ttlInSeconds })
    await countOpening(request, reply)
  })
  return counter
}

/**
 * The counter as the plugin wants it, for all limits: what they count has names of its own, and counts with those who have the
 * same limit.
 */
const storeOf = (counter: SharedCounter): FastifyRateLimitStoreCtor =>
  class Store {
    incr(
      key: string,
      done: (error: Error | null, result?: { current: number; ttl: number }) => void,
      windowMs: number,
      max: number,
    ) {
      counter.count(`${key} ${max}`, windowMs, max).then((counted) => done(null, counted), done)
    }
    child() {
      return this
    }
  }

const isProven = ({ context, routeOptions }: FastifyRequest) =>
  context !== null && routeOptions.config.operation?.security.length !== 0

function quotaOf(request: FastifyRequest, limits: Limits): number {
  return isProven(request) ? limits.perCredentials : limits.perAddress
}

function keyOf(request: FastifyRequest): string {
  const { context, routeOptions } = request
  if (context === null || !isProven(request)) {
    const address = clientAddress(request)
    // apart: a program with a key that has ended keeps nobody near it from logging in
    const kind = routeOptions.config.operation?.security.length === 0 ? 'address' : 'refused'
    return `${kind}:${networkOf(address) ?? address}`
  }
  if (!('accountId' in context)) return 'operator'
  return `${context.actor.type}:${context.accountId}:${context.actor.id}`
}
