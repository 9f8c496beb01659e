import { DomainError } from '@envoi/core'
import { networkOf } from '@envoi/core/access/network'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { clientAddress } from './client-address.ts'

const hourMs = 3_600_000

/**
 * Opening accounts has a limit of its own, by network, besides that of all requests: each opening leaves rows, hashes a password and
 * writes to an address that was merely typed. Not by that address: it would let anybody keep its holder from opening one.
 */
export function limitOpenings(app: FastifyInstance, openings: number) {
  const check = app.createRateLimit({
    timeWindow: hourMs,
    max: openings,
    keyGenerator: (request: FastifyRequest) => {
      const address = clientAddress(request)
      return `opening:${networkOf(address) ?? address}`
    },
  })
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    if (request.routeOptions.config.operation?.id !== 'accounts.create') return
    const result = await check(request)
    if (result.isAllowed) return
    add(reply, 'ratelimit-policy', `"openings";q=${openings};w=${hourMs / 1_000}`)
    add(reply, 'ratelimit', `"openings";r=${result.remaining};t=${result.ttlInSeconds}`)
    if (result.isExceeded) throw new DomainError('rate_limited', { retryAfter: result.ttlInSeconds })
  }
}

/** Both fields are lists: one member for each limit. */
const add = (reply: FastifyReply, field: string, member: string) =>
  reply.header(field, [reply.getHeader(field), member].filter((one) => one !== undefined).join(', '))
