import { describe, expect, test } from 'vitest'
import { prepareData } from './wire-data.ts'

const wire = (text: string) => prepareData(Buffer.from(text)).toString()

describe('a message on the wire', () => {
  test('ends in one CRLF, dot, CRLF', () => {
    expect(wire('a\r\n')).toBe('a\r\n.\r\n')
    expect(wire('a')).toBe('a\r\n.\r\n')
  })

  test('has its leading dots doubled', () => {
    expect(wire('.a\r\nb.\r\n.\r\n..\r\n')).toBe('..a\r\nb.\r\n..\r\n...\r\n.\r\n')
  })

  test.each(['a\n.\r\nb', 'a\n.\nb', 'a\r.\rb', 'a\r.\r\nb', 'a\r\n.\nb', 'a\r\n.\rb'])(
    'never carries a dot between unusual line ends: %j is refused',
    (text) => {
      expect(() => wire(text)).toThrowError(expect.objectContaining({ code: 'message_malformed' }))
    },
  )
})
