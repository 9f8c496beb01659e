import { describe, expect, test } from 'vitest'
import { networkOf, programOf } from './network.ts'

describe('the network of an address', () => {
  test('is the address itself for IPv4, also on a dual-stack socket', () => {
    expect(networkOf('203.0.113.7')).toBe('203.0.113.7')
    expect(networkOf('::ffff:203.0.113.7')).toBe('203.0.113.7')
    expect(networkOf('::ffff:cb00:7107')).toBe('203.0.113.7')
  })

  test('is the /64 for IPv6, however it is written', () => {
    for (const address of ['2001:db8:1:2::1', '2001:0DB8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::1%eth0'])
      expect(networkOf(address)).toBe('2001:db8:1:2::/64')
    expect(networkOf('2001:db8:1:3::1')).not.toBe(networkOf('2001:db8:1:2::1'))
  })

  test('is none for what is no address', () => {
    for (const text of [null, '', 'unknown', '203.0.113', '203.0.113.7, 10.0.0.1'])
      expect(networkOf(text)).toBeNull()
  })
})

test('a program is the same after an update, and another one is another', () => {
  const firefox = (version: number) =>
    `Mozilla/5.0 (X11; Linux x86_64; rv:${version}.0) Gecko/20100101 Firefox/${version}.0`
  expect(programOf(firefox(140))).toBe(programOf(firefox(141)))
  expect(programOf(firefox(140))).not.toBe(programOf('curl/8.5.0'))
  expect(programOf(null)).toBeNull()
})
