import { createHash } from 'node:crypto'
import { DomainError } from '@envoi/core'
import fastifyRateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Redis } from 'ioredis'
import { clientAddress } from './client-address.ts'

export interface Limits {
  /** Requests a minute per credentials. */
  perCredentials: number
  /** Requests a minute per address, for operations without credentials. */
  perAddress: number
}

export const defaultLimits: Limits = { perCredentials: 6_000, perAddress: 300 }

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
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.operation === undefined) return
    const result = await check(request)
    if (result.isAllowed) return
    const quota = quotaOf(request, limits)
    reply.header('ratelimit-policy', `"default";q=${quota};w=60`)
    reply.header('ratelimit', `"default";r=${result.remaining};t=${result.ttlInSeconds}`)
    if (result.isExceeded) throw new DomainError('rate_limited', { retryAfter: result.ttlInSeconds })
  })
}

/** Several platforms may share a Redis, not their counts. Told apart without asking Postgres, which may be away at start. */
function namespaceOf(databaseUrl = 'postgres://default'): string {
  const { host, pathname } = new URL(databaseUrl)
  return `envoi:limits:${createHash('sha256').update(`${host}${pathname}`).digest('base64url').slice(0, 12)}:`
}

/** An operation without credentials is counted by address whatever is sent with it: or each guess at a password would be somebody new. */
const isPublic = ({ headers, routeOptions }: FastifyRequest) =>
  headers.authorization === undefined || routeOptions.config.operation?.security.length === 0

function quotaOf(request: FastifyRequest, limits: Limits): number {
  return isPublic(request) ? limits.perAddress : limits.perCredentials
}

/** By credentials, hashed, else by address. */
function keyOf(request: FastifyRequest): string {
  if (isPublic(request)) return `address:${clientAddress(request)}`
  return `credentials:${createHash('sha256')
    .update(request.headers.authorization ?? '')
    .digest('base64url')}`
}
