import { expect, test } from 'vitest'
import { enrolmentOf, newSeed, stepOf } from './codes.ts'

// RFC 6238, appendix B: SHA-1, the last six of its eight digits
const seed = Buffer.from('12345678901234567890')
const vectors: [number, string][] = [
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
]

test.each(vectors)('at %i the code is that of RFC 6238', (time, code) => {
  expect(stepOf(seed, code, new Date(time * 1_000))).toBe(Math.floor(time / 30))
})

test('a code is good one step early and late, no more', () => {
  const at = (offset: number) => stepOf(seed, '005924', new Date((1234567890 + offset) * 1_000))
  const step = Math.floor(1234567890 / 30)
  expect([at(-60), at(-30), at(0), at(30), at(60)]).toEqual([null, step, step, step, null])
})

test('what is no code of six digits is refused', () => {
  for (const code of ['', '00592', '0059240', '٠٠٥٩٢٤', 'abcdef', '-05924'])
    expect(stepOf(seed, code, new Date(1234567890_000))).toBeNull()
})

test('apps are given the seed in base32, and by the address that they know', () => {
  const { secret, url } = enrolmentOf(seed, 'ada@example.com')
  expect(secret).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  const parsed = new URL(url)
  expect(parsed.protocol).toBe('otpauth:')
  expect(decodeURIComponent(parsed.pathname)).toContain('Envoi:ada@example.com')
  expect(Object.fromEntries(parsed.searchParams)).toEqual({
    issuer: 'Envoi',
    secret,
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  })
})

test('each seed is another one, of 160 bits', () => {
  expect(newSeed()).toHaveLength(20)
  expect(newSeed().equals(newSeed())).toBe(false)
})
