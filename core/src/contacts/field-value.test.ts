import type { FieldType } from '@envoi/prisma'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseFieldValue } from './field-value.ts'

const choices = ['red', 'blue', 'a, b', 'vert foncé', 'say "hi"']
const parse = (type: FieldType, value: unknown) => parseFieldValue({ type, choices }, value)

test.each<[FieldType, unknown, unknown]>([
  ['text', ' two\nlines ', 'two\nlines'],
  ['number', '12.50', 12.5],
  ['number', ' -1e3 ', -1000],
  ['number', 0, 0],
  ['boolean', 'OUI', true],
  ['boolean', '0', false],
  ['boolean', false, false],
  ['date', '2026-11-23', '2026-11-23'],
  ['datetime', '2026-11-23 09:30:00', '2026-11-23T09:30:00.000Z'],
  ['choice', ' vert fonce\u0301', 'vert foncé'],
  ['choices', ['blue', 'red', 'blue'], ['red', 'blue']],
  ['choices', 'a, b', ['a, b']],
  ['choices', '"a, b","red"', ['red', 'a, b']],
  ['choices', '"say ""hi""", "blue"', ['blue', 'say "hi"']],
  ['choices', 'blue ; red', ['red', 'blue']],
  ['choices', 'blue,red', ['red', 'blue']],
  ['choices', [], null],
  ['url', 'HTTPS://Example.com/a b', 'https://example.com/a%20b'],
])('a %s from %j is %j', (type, given, value) => {
  expect(parse(type, given)).toEqual({ ok: true, value })
})

test.each<[FieldType, unknown[]]>([
  ['text', ['a\0', 1, true, ['a'], {}, 'x'.repeat(10_001)]],
  [
    'number',
    ['1,5', '1 000', 'NaN', 'Infinity', '0x10', '1e999', Number.NaN, Number.POSITIVE_INFINITY, true, [1]],
  ],
  ['boolean', ['maybe', 1, 0, 'truee', []]],
  ['date', ['23/11/2026', '2026-02-30', 20261123]],
  ['datetime', ['tomorrow', 0]],
  ['choice', ['green', ['red'], 1, '__proto__']],
  ['choices', ['red,green', ['red', 1], [['red']], { 0: 'red' }, 5]],
  [
    'url',
    ['javascript:alert(1)', 'ftp://example.com', 'example.com', 'http://', 'https://u:p@example.com', 1],
  ],
])('a %s refuses what is none', (type, values) => {
  for (const value of values)
    expect(parse(type, value)).toMatchObject({
      ok: false,
      code: `invalid_${type.replace('choices', 'choice')}`,
    })
})

const types: FieldType[] = ['text', 'number', 'boolean', 'date', 'datetime', 'choice', 'choices', 'url']

test('nothing clears, whatever the type', () => {
  for (const type of types)
    for (const nothing of [null, undefined, '', ' \t'])
      expect(parse(type, nothing)).toEqual({ ok: true, value: null })
})

test('whatever is accepted is accepted again as it was stored, and no value throws', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.oneof(fc.anything(), fc.constantFrom(...choices), fc.webUrl()),
      (type, given) => {
        const once = parse(type, given)
        if (once.ok) expect(parse(type, JSON.parse(JSON.stringify(once.value)))).toEqual(once)
      },
    ),
    { numRuns: 2_000 },
  )
})
