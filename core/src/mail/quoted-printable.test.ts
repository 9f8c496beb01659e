import { decode } from 'libqp'
import { describe, expect, test } from 'vitest'
import { encodeQuotedPrintable } from './quoted-printable.ts'

const encode = (text: string) => encodeQuotedPrintable(text).toString('latin1')
const roundTrip = (text: string) => decode(encode(text)).toString('utf8')
const lines = (text: string) => encode(text).split('\r\n')

/** Seeded, so that a failure can be repeated. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed
  for (;;) {
    state = (state * 1664525 + 1013904223) % 2 ** 32
    yield state / 2 ** 32
  }
}

describe('quoted-printable', () => {
  test('is decoded to the same text by another implementation, for any text', () => {
    const alphabet = [
      'a',
      'Z',
      ' ',
      '\t',
      '\r\n',
      '=',
      '.',
      'From ',
      'é',
      '€',
      '😀',
      '\u0000',
      '-',
      '_',
      '?',
      'word ',
      '--',
    ]
    const random = numbers(20261123)
    for (let round = 0; round < 500; round++) {
      let text = ''
      const length = Math.floor(random.next().value * 300)
      for (let index = 0; index < length; index++) {
        text += alphabet[Math.floor(random.next().value * alphabet.length)]
      }
      expect(roundTrip(text)).toBe(text)
      for (const line of lines(text)) {
        expect(line.length).toBeLessThanOrEqual(76)
        expect(line).toMatch(/^[\t\x20-\x7e]*$/)
        expect(line).not.toMatch(/[ \t]$|^\.|^From /)
      }
    }
  })

  test('writes every line break as CRLF', () => {
    expect(encode('a\nb\rc\r\nd')).toBe('a\r\nb\r\nc\r\nd')
  })

  test('keeps ASCII legible and escapes the rest byte by byte', () => {
    expect(encode('Été = 1')).toBe('=C3=89t=C3=A9 =3D 1')
  })

  test('breaks long lines softly at 76 columns, never inside a character', () => {
    expect(lines('x'.repeat(100))).toEqual([`${'x'.repeat(75)}=`, 'x'.repeat(25)])
    for (let offset = 60; offset < 76; offset++) {
      const [first = ''] = lines(`${'x'.repeat(offset)}😀`)
      expect(first).toMatch(/^x+(?:=|=F0=9F=98=80)$/)
    }
  })

  test('escapes white space that would end a line, even on a full one', () => {
    expect(encode('a \nb\t')).toBe('a=20\r\nb=09')
    expect(roundTrip(`${'x'.repeat(74)} \r\ny`)).toBe(`${'x'.repeat(74)} \r\ny`)
  })

  test('never starts a line with a dot or with From, nor writes what a boundary holds', () => {
    expect(encode('.\n..\nFrom me')).toBe('=2E\r\n=2E.\r\n=46rom me')
    expect(encode('--=_envoi_alternative')).not.toContain('=_')
  })

  test('grows with text that is all escapes', () => {
    const text = 'é'.repeat(10_000)
    expect(roundTrip(text)).toBe(text)
  })
})
