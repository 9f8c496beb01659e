import { describe, expect, test } from 'vitest'
import { parseReply, ReplyReader } from './smtp-reply.ts'

describe('a reply', () => {
  test('is reduced to its codes; its text, which may hold an address, is not kept', () => {
    expect(parseReply('550 5.1.1 <ada@example.com>: no such user')).toEqual({
      code: 550,
      enhancedCode: '5.1.1',
    })
    expect(parseReply('250 Ok\r')).toEqual({ code: 250, enhancedCode: null })
    expect(parseReply('250')).toEqual({ code: 250, enhancedCode: null })
  })

  test('has no enhanced code when it disagrees with the code, or is something else', () => {
    for (const line of ['550 4.1.1 x', '250 5.0.0 x', '550 5.1 x', '550 5.1.1234 x', '550 10.0.0.1 x']) {
      expect(parseReply(line).enhancedCode).toBeNull()
    }
  })

  test('has code 0 when it is no reply', () => {
    for (const line of ['', 'hello', '25 x', '2500 x', '650 x', '25x ok'])
      expect(parseReply(line).code).toBe(0)
  })
})

describe('the reader of replies', () => {
  const read = (...chunks: string[]) => {
    const reader = new ReplyReader()
    return chunks.map((chunk) => reader.read(Buffer.from(chunk))?.map((reply) => reply.code))
  }

  test('finds several replies in one chunk, and one in several chunks', () => {
    expect(read('250 a\r\n250 b\r\n354 c\r\n')).toEqual([[250, 250, 354]])
    expect(read('2', '50 a', '\r', '\n')).toEqual([[], [], [], [250]])
  })

  test('takes a multiline reply as one, split anywhere', () => {
    const text = '250-a\r\n250-b\r\n250 c\r\n421 d\r\n'
    for (let cut = 0; cut <= text.length; cut++) {
      expect(read(text.slice(0, cut), text.slice(cut)).flat()).toEqual([250, 421])
    }
  })

  test('gives up on a server that talks without end', () => {
    expect(read('2'.repeat(70_000))).toEqual([undefined])
    expect(read('250-x\r\n'.repeat(20_000))).toEqual([undefined])
  })
})
