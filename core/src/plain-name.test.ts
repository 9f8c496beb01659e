import { describe, expect, test } from 'vitest'
import { DomainError } from './errors.ts'
import { plainName, requirePlainName } from './plain-name.ts'

const isRefused = (name: string) => {
  try {
    requirePlainName('/name', name)
    return false
  } catch (error) {
    if (error instanceof DomainError) return true
    throw error
  }
}

describe('names as people have them are taken, and shown as they are', () => {
  for (const name of [
    'Atelier Ada',
    "L'Épicerie — d'à côté",
    'שלום בע״מ',
    'شركة النور',
    'می\u200cخواهم',
    'क्\u200dष',
    '葛\u{e0100}城市',
    '👩\u200d💻 Ada ❤\ufe0f',
    '👩🏽\u200d🚀 Ada',
    'Ada & Co. <office>',
  ])
    test(name, () => expect([isRefused(name), plainName({ name })]).toEqual([false, name]))
})

describe('what cannot be seen is refused, and taken out of what is older', () => {
  const inside = (character: string) => `Bank${character}Ltd`
  for (const code of [
    0x0a, 0x0d, 0x00, 0x85, 0x2028, 0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e,
    0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2061, 0x2066, 0x2067, 0x2068, 0x2069, 0x206a, 0x3164,
    0xfeff, 0xffa0, 0xe0041,
  ])
    test(`U+${code.toString(16)}`, () => {
      const name = inside(String.fromCodePoint(code))
      expect(isRefused(name)).toBe(true)
      expect(plainName({ name })).toMatch(/^Bank ?Ltd$/)
    })
  test('U+2060, which stands in what is shown for a reason', () =>
    expect(isRefused(inside('\u2060'))).toBe(true))
  test('and nothing at all', () => expect([isRefused('  '), isRefused('\u200b')]).toEqual([true, true]))
})
