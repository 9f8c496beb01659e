import { expect, test } from 'vitest'
import { isTimestamp } from './schema-compilers.ts'

test('a timestamp is an instant of the calendar that every part of the platform can read', () => {
  const taken = [
    '2026-11-23T09:30:00Z',
    '2026-11-23t09:30:00.123456z',
    '2024-02-29T00:00:00+14:00',
    '0001-01-01T00:00:00Z',
  ]
  const refused = [
    '2016-12-31T23:59:60Z',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '2026-02-30T09:30:00Z',
    '2026-13-01T09:30:00Z',
    '2026-11-23T24:00:01Z',
    '2026-11-23T09:30:00',
    '2026-11-23',
    'yesterday',
  ]
  expect([...taken, ...refused].filter(isTimestamp)).toEqual(taken)
})
