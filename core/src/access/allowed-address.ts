import { BlockList, isIP } from 'node:net'

function addTo(list: BlockList, range: string): boolean {
  const [address = '', prefix] = range.split('/')
  const version = isIP(address)
  if (version === 0 || range.split('/').length > 2) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (prefix === undefined) {
    list.addAddress(address, family)
    return true
  }
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > (version === 4 ? 32 : 128)) return false
  list.addSubnet(address, Number(prefix), family)
  return true
}

/** Whether a text is an IPv4 or IPv6 address or CIDR range. */
export function isAddressRange(text: string): boolean {
  return addTo(new BlockList(), text)
}

/** Whether an address lies within any of the ranges; no range allows every address. */
export function isAddressAllowed(address: string | null, ranges: readonly string[]): boolean {
  if (ranges.length === 0) return true
  return address !== null && addressesWithin(ranges)(address)
}

/** Tells the addresses within any of the ranges, for who asks often: the ranges are read once. */
export function addressesWithin(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const range of ranges) addTo(list, range)
  return (address) => {
    if (isIP(address) === 0) return false
    // an IPv4 client on a dual-stack socket shows as ::ffff:a.b.c.d
    const plain = address.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
    return list.check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6')
  }
}

/** Whether a range lies wholly within one of the others. */
export function isRangeWithin(range: string, ranges: readonly string[]): boolean {
  const [address = '', prefix] = range.split('/')
  return ranges.some((outer) => {
    const [outerAddress = '', outerPrefix] = outer.split('/')
    const longest = isIP(address) === 4 ? 32 : 128
    return (
      isIP(address) === isIP(outerAddress) &&
      Number(prefix ?? longest) >= Number(outerPrefix ?? longest) &&
      isAddressAllowed(address, [outer])
    )
  })
}
