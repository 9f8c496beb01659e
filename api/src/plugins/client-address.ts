import { isIP } from 'node:net'
import type { Settings } from '@envoi/core'
import type { FastifyRequest } from 'fastify'

/**
 * Where a request comes from. `X-Forwarded-For` counts as far as TRUSTED_PROXIES reaches: of what it lists, only what trusted
 * proxies have added. What a proxy passes on that is no address gives way to the proxy's own.
 */
export function clientAddress(request: FastifyRequest): string {
  const { ip, socket } = request
  return isIP(ip) === 0 ? (socket.remoteAddress ?? ip) : ip
}

/** Whose word is taken for where a request comes from: the next so many hops, or those at known addresses. */
export function trustOf({ trustedProxies }: Settings) {
  if (typeof trustedProxies !== 'number') return trustedProxies
  return (_address: string, hop: number) => hop < trustedProxies
}
