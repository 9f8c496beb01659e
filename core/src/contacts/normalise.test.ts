import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { costOf } from '../testing/processor-time.ts'
import {
  normaliseEmail,
  normaliseLine,
  normaliseLocale,
  normalisePhone,
  normaliseText,
  normaliseTimezone,
} from './normalise.ts'
import { parseDay, parseInstant } from './parse-instant.ts'

const value = <T>(result: { ok: boolean; value?: T }) => (result.ok ? result.value : result)

describe('an email address', () => {
  test.each([
    [' Ada.Lovelace@Example.COM ', 'ada.lovelace@example.com'],
    ['ada+news@sub.example.org', 'ada+news@sub.example.org'],
    ["o'brien@example.com", "o'brien@example.com"],
    ['ada@MÜLLER.example', 'ada@xn--mller-kva.example'],
    ['ada@mu\u0308ller.example', 'ada@xn--mller-kva.example'],
    ['ada@xn--mller-kva.example', 'ada@xn--mller-kva.example'],
    ['\u00a0ada@example.com\ufeff', 'ada@example.com'],
    ['  ', null],
    [null, null],
    [undefined, null],
  ])('%j is %j', (given, expected) => {
    expect(value(normaliseEmail(given))).toBe(expected)
  })

  test.each([
    'ada',
    '@example.com',
    'ada@',
    'ada@example',
    'ada@@example.com',
    'ada@exa mple.com',
    'ada lovelace@example.com',
    '.ada@example.com',
    'ada.@example.com',
    'ada..l@example.com',
    '"ada"@example.com',
    'Ada <ada@example.com>',
    'mailto:ada@example.com,bob@example.com',
    'ada@example.com, bob@example.com',
    'ada@[127.0.0.1]',
    'ada@127.0.0.1',
    'ada@-example.com',
    'ada@example-.com',
    'ada@example..com',
    'ada@example.com.',
    'hélène@example.com',
    'ada\u200b@example.com',
    'ada@example.com\0',
    'ada\r\nBcc: eve@example.com',
    `${'a'.repeat(65)}@example.com`,
    `ada@${'a'.repeat(64)}.com`,
    `ada@${'a.'.repeat(126)}com`,
    42,
    { email: 'ada@example.com' },
  ])('%j is refused', (given) => {
    expect(normaliseEmail(given)).toMatchObject({ ok: false, code: 'invalid_email' })
  })

  test('once normalised stays as it is', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (address) => {
        const once = normaliseEmail(address)
        if (!once.ok) throw new Error(once.detail)
        expect(normaliseEmail(once.value)).toEqual(once)
      }),
    )
  })

  test('of any length is judged at once', () => {
    const cost = costOf(() => {
      for (const text of ['a.'.repeat(100_000), `a@${'a-'.repeat(100_000)}`, `a@${'1.'.repeat(100_000)}`])
        expect(normaliseEmail(text).ok).toBe(false)
    })
    expect(cost).toBeLessThan(500)
  })
})

test('phone numbers come out in E.164, with the default country where they name none', () => {
  expect(value(normalisePhone('06 39 98 12 34', 'FR'))).toBe('+33639981234')
  expect(value(normalisePhone('+33 (0)6 39 98 12 34'))).toBe('+33639981234')
  expect(value(normalisePhone('0033639981234', 'FR'))).toBe('+33639981234')
  expect(value(normalisePhone('+32 470 12 34 56', 'FR'))).toBe('+32470123456')
  expect(value(normalisePhone('', 'FR'))).toBe(null)
  for (const [text, country] of [
    ['06 39 98 12 34', undefined],
    ['06 39 98', 'FR'],
    ['call 06 39 98 12 34', 'FR'],
    ['+33 6 39 98 12 34 ext 5', 'FR'],
    ['+999 123456', 'FR'],
    ['1'.repeat(1_000_000), 'FR'],
    [33639981234, 'FR'],
  ] as const)
    expect(normalisePhone(text, country)).toMatchObject({ ok: false, code: 'invalid_phone' })
})

test('names are trimmed and composed; those that could forge a header or break the database are refused', () => {
  expect(value(normaliseLine('  He\u0301le\u0300ne 🎈 ', 100))).toBe('Hélène 🎈')
  expect(value(normaliseLine('\t\n ', 100))).toBe(null)
  for (const text of ['a\nb', 'a\rb', 'a\0b', 'a\u0085b', 'a\u2028b', 'a\ud83d', 'x'.repeat(101), 7, ['a']])
    expect(normaliseLine(text, 100)).toMatchObject({ ok: false, code: 'invalid_text' })
  expect(value(normaliseText('a\r\n\tb', 100))).toBe('a\r\n\tb')
  for (const text of ['a\0b', 'a\u001bb', '\udc00']) expect(normaliseText(text, 100).ok).toBe(false)
})

test('locales and time zones take their usual spelling', () => {
  expect(value(normaliseLocale('FR_fr'))).toBe('fr-FR')
  expect(value(normaliseLocale('en'))).toBe('en')
  expect(value(normaliseTimezone('europe/paris'))).toBe('Europe/Paris')
  for (const text of ['french!', 'f', 'x'.repeat(40), 1]) expect(normaliseLocale(text).ok).toBe(false)
  for (const text of ['Paris', '+01:00', 'Europe/Atlantis', 1]) expect(normaliseTimezone(text).ok).toBe(false)
})

test.each([
  ['2026-11-23T09:30:00Z', '2026-11-23T09:30:00.000Z'],
  ['2026-11-23T09:30:00.1234567+01:00', '2026-11-23T08:30:00.123Z'],
  ['2026-11-23t09:30-0330', '2026-11-23T13:00:00.000Z'],
  ['2026-11-23 09:30:00', '2026-11-23T09:30:00.000Z'],
  [' 2024-02-29 ', '2024-02-29T00:00:00.000Z'],
])('the time %s is %s', (given, expected) => {
  expect(value(parseInstant(given))).toEqual(new Date(expected))
})

test('times and days that do not exist, or could mean two, are refused', () => {
  for (const text of [
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '0000-01-01',
    '23/11/2026',
    '11-23-2026',
    '2026-11-23 24:00:00',
    '2026-11-23 10:60:00',
    '2026-11-23 10:00:00+15:00',
    '20261123',
    '1700000000',
    1700000000,
  ]) {
    expect(parseInstant(text)).toMatchObject({ ok: false, code: 'invalid_datetime' })
    expect(parseDay(text)).toMatchObject({ ok: false, code: 'invalid_date' })
  }
  expect(value(parseDay('2026-11-23'))).toBe('2026-11-23')
  expect(parseDay('2026-11-23T00:00:00Z').ok).toBe(false)
})
