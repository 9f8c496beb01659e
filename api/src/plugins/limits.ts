import { createHash } from 'node:crypto'
import { DomainError } from '@envoi/core'
import { networkOf } from '@envoi/core/access/network'
import fastifyRateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Redis } from 'ioredis'
import { clientAddress } from './client-address.ts'
import { limitOpenings } from './opening-limit.ts'

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

/** `RateLimit` and `RateLimit-Policy` in the syntax of draft-ietf-httpapi-ratelimit-headers-10. Counted in Redis when there is one. */
export async function registerLimits(
  app: FastifyInstance,
  limits: Limits,
  redis: Redis | undefined,
  databaseUrl: string | undefined,
): Promise<void> {
  await app.register(fastifyRateLimit, {
    global: false,
    ...(redis === undefined ? {} : { redis, skipOnError: true, nameSpace: namespaceOf(databaseUrl) }),
  })
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
}

/** Several platforms may share a Redis, not their counts. Told apart without asking Postgres, which may be away at start. */
function namespaceOf(databaseUrl = 'postgres://default'): string {
  const { host, pathname } = new URL(databaseUrl)
  return `envoi:limits:${createHash('sha256').update(`${host}${pathname}`).digest('base64url').slice(0, 12)}:`
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
