import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * What one subscriber has of the network: an IPv4 address, the /64 of an IPv6 address (RFC 6177: nobody gets less, so whoever
 * has one address of it has all of them). null for what is no address.
 */
export function networkOf(address: string | null): string | null {
  // a link-local address may name its interface
  const [plain = ''] = (address ?? '').split('%')
  // stricter than the library, which takes 127.1 for an address
  if (isIP(plain) === 0) return null
  // an IPv4 client on a dual-stack socket shows as ::ffff:a.b.c.d
  const parsed = ipaddr.process(plain)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()}/64`
}

/** The kind of program behind a `User-Agent`, without its version: it is the same one after an update. */
export function programOf(userAgent: string | null): string | null {
  return userAgent === null ? null : userAgent.replace(/\d+(?:[._]\d+)*/g, '#').slice(0, 500)
}
