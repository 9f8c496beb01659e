import { isIP } from 'node:net'
import type { Settings } from '@envoi/core'
import { addressesWithin } from '@envoi/core/access/allowed-address'
import type { FastifyRequest } from 'fastify'

/**
 * Where a request comes from. `X-Forwarded-For` counts as far as TRUSTED_PROXIES reaches: of what it lists, only what trusted
 * proxies have added. What a proxy passes on that is no address gives way to the proxy's own.
 */
export function clientAddress(request: FastifyRequest): string {
  const { socket } = request
  const ip = withoutPort(request.ip)
  return isIP(ip) === 0 ? (socket.remoteAddress ?? ip) : ip
}

/** Whose word is taken for where a request comes from: the next so many hops, or those at known addresses. */
export function trustOf({ trustedProxies }: Settings) {
  if (trustedProxies === false) return false
  if (typeof trustedProxies === 'number') return (_address: string, hop: number) => hop < trustedProxies
  const isProxy = addressesWithin(trustedProxies)
  return (address: string) => isProxy(withoutPort(address))
}

/**
 * Some proxies (Azure's Application Gateway, IIS) write the port of the connection behind the address: `203.0.113.7:4711`,
 * `[2001:db8::1]:4711`. No bare IPv6 address is mistaken for one with a port: those stand in brackets.
 */
function withoutPort(address: string): string {
  const bracketed = /^\[([0-9a-f:.]{2,45})\](?::\d{1,5})?$/i.exec(address)?.[1]
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? bracketed : address
  const plain = /^([\d.]{7,15}):\d{1,5}$/.exec(address)?.[1]
  return plain !== undefined && isIP(plain) === 4 ? plain : address
}
