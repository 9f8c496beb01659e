import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { composeMessage, type MessageInput, serializeMessage } from './compose-message.ts'
import { formatPhrase } from './mailbox.ts'

const INPUT: MessageInput = {
  from: { email: 'news@shop.example', name: 'Shop' },
  to: { email: 'ada@example.com', name: 'Ada Lovelace' },
  subject: 'Hello',
  text: 'Hello Ada',
  html: '<p>Hello Ada</p>',
  messageId: '0193.abc@shop.example',
  date: new Date('2026-11-23T16:00:00Z'),
  headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
}

const write = (changes: Partial<MessageInput> = {}) =>
  serializeMessage(composeMessage({ ...INPUT, ...changes })).toString('latin1')
const read = (changes: Partial<MessageInput> = {}) => simpleParser(write(changes))
const headOf = (raw: string) => raw.slice(0, raw.indexOf('\r\n\r\n'))

describe('a composed message', () => {
  test('has the headers and parts it should, as another implementation reads them', async () => {
    const mail = await read({ replyTo: { email: 'help@shop.example' } })
    expect(mail.from?.value).toEqual([{ address: 'news@shop.example', name: 'Shop' }])
    expect(mail.to).toMatchObject({ value: [{ address: 'ada@example.com', name: 'Ada Lovelace' }] })
    expect(mail.replyTo?.value).toMatchObject([{ address: 'help@shop.example' }])
    expect(mail.subject).toBe('Hello')
    expect(mail.messageId).toBe('<0193.abc@shop.example>')
    expect(mail.date).toEqual(INPUT.date)
    expect(mail.text).toBe('Hello Ada')
    expect(mail.html).toBe('<p>Hello Ada</p>')
    expect(headOf(write())).toContain('\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n')
    expect(headOf(write())).toContain('\r\nDate: Mon, 23 Nov 2026 16:00:00 +0000\r\n')
  })

  test('without HTML is a single text part', async () => {
    const { html: _, ...withoutHtml } = INPUT
    const raw = serializeMessage(composeMessage(withoutHtml)).toString('latin1')
    expect(raw).not.toContain('multipart')
    expect((await simpleParser(raw)).text?.trim()).toBe('Hello Ada')
  })

  test('keeps names and subjects in any script, with any punctuation', async () => {
    const names = [
      'Éloïse "Élo" Dupont',
      'Smith, John (Mr.)',
      'a\\b"c',
      '株式会社エンヴォイ',
      '😀 '.repeat(30).trim(),
      '=?UTF-8?Q?x?=',
      'J. R.',
    ]
    for (const name of names) {
      const mail = await read({ to: { email: 'ada@example.com', name }, subject: `Pour ${name} : ça y est` })
      expect(mail.to).toMatchObject({ value: [{ address: 'ada@example.com', name }] })
      expect(mail.subject).toBe(`Pour ${name} : ça y est`)
    }
  })

  test('has only ASCII, CRLF line ends and lines of 78 characters at most', () => {
    const raw = write({
      from: { email: 'news@shop.example', name: 'Une très très longue raison sociale, '.repeat(8) },
      subject: 'Ünicode 株式会社 '.repeat(40),
      text: 'ça '.repeat(500),
      html: `<p>${'日本語'.repeat(500)}</p>`,
      headers: { 'List-Help': `<https://shop.example/help> ${'(a comment of some words) '.repeat(10)}` },
    })
    expect(raw.replace(/\r\n/g, '')).toMatch(/^[\t\x20-\x7e]*$/)
    for (const line of raw.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78)
  })

  test('folds long ASCII subjects at spaces, and gives them back unchanged', async () => {
    const subject = `${'word '.repeat(60)}and  two  spaces`
    expect((await read({ subject })).subject).toBe(subject)
  })

  test('carries a subject without any space, however long', async () => {
    const subject = 'x'.repeat(3_000)
    expect((await read({ subject })).subject).toBe(subject)
  })

  test('carries bodies that are mostly not ASCII, in base64, with canonical line ends', async () => {
    const text = '日本語のテキスト\nです\n'.repeat(50)
    const raw = write({ text, html: `<p>${text}</p>` })
    expect(raw).toContain('Content-Transfer-Encoding: base64')
    expect((await simpleParser(raw)).text?.trim()).toBe(text.trim())
  })

  test('cannot be ended by its own body', async () => {
    const text = 'a\r\n--=_envoi_alternative--\r\n.\r\nMAIL FROM:<x@example.com>\r\n'
    const raw = write({ text, html: text })
    expect(raw).not.toContain('\r\n.')
    expect(raw.match(/\r\n--=_envoi_alternative--/g)).toHaveLength(1)
    expect((await simpleParser(raw)).text?.trim()).toBe(text.replaceAll('\r\n', '\n').trim())
  })

  test('writes international domains in ASCII', () => {
    const head = headOf(write({ to: { email: 'ada@bücher.example' } }))
    expect(head).toContain('\r\nTo: ada@xn--bcher-kva.example\r\n')
  })

  test('can carry a List-Id with a name in any script', () => {
    const head = headOf(write({ headers: { 'List-Id': `${formatPhrase('Café')} <cafe.shop.example>` } }))
    expect(head).toContain('List-Id: =?UTF-8?B?Q2Fmw6k=?= <cafe.shop.example>')
  })
})

describe('header injection', () => {
  const fields: [string, (value: string) => Partial<MessageInput>][] = [
    ['from.name', (name) => ({ from: { ...INPUT.from, name } })],
    ['from.email', (value) => ({ from: { email: `a${value}@example.com` } })],
    ['to.name', (name) => ({ to: { ...INPUT.to, name } })],
    ['to.email', (value) => ({ to: { email: `a@example${value}.com` } })],
    ['replyTo.name', (name) => ({ replyTo: { ...INPUT.to, name } })],
    ['replyTo.email', (value) => ({ replyTo: { email: `a@example.com${value}` } })],
    ['subject', (subject) => ({ subject })],
    ['messageId', (value) => ({ messageId: `a${value}@example.com` })],
    [
      'headers.List-Unsubscribe',
      (value) => ({ headers: { 'List-Unsubscribe': `<https://a.example/${value}>` } }),
    ],
    ['headers', (value) => ({ headers: { [`X-A${value}`]: 'x' } })],
  ]
  const attacks = [
    '\r\nBcc: eve@example.com',
    '\nBcc: eve@example.com',
    '\rBcc: eve@example.com',
    '\u0000',
    '\r\n\r\nbody',
    '\u000b',
    '\u007f',
  ]

  test.each(fields)('is refused in %s, and the error names the field without its value', (field, change) => {
    for (const attack of attacks) {
      expect(() => write(change(attack))).toThrowError(expect.objectContaining({ field }))
      expect(() => write(change(attack))).not.toThrowError(/eve@example/)
    }
  })

  test('is impossible through characters that Unicode calls line breaks', async () => {
    for (const separator of ['\u0085', '\u2028', '\u2029']) {
      const mail = await read({ subject: `a${separator}Bcc: eve@example.com` })
      expect(mail.bcc).toBeUndefined()
      expect(mail.subject).toBe(`a${separator}Bcc: eve@example.com`)
    }
  })

  test.each(['From', 'bcc', 'DKIM-Signature', 'Content-Type', 'Received', 'subject'])(
    'is refused by way of the header %s',
    (name) => {
      expect(() => write({ headers: { [name]: 'x' } })).toThrowError(
        expect.objectContaining({ code: 'header_not_allowed' }),
      )
    },
  )

  test('is refused by way of the same header twice', () => {
    expect(() => write({ headers: { 'List-Id': '<a.b>', 'list-id': '<c.d>' } })).toThrowError(
      expect.objectContaining({ code: 'header_not_allowed' }),
    )
  })
})

describe('what cannot be written is refused by name', () => {
  const refused: [string, Partial<MessageInput>, string][] = [
    ['no @', { to: { email: 'ada' } }, 'address_invalid'],
    ['two addresses', { to: { email: 'a@example.com, b@example.com' } }, 'address_invalid'],
    ['angle brackets', { to: { email: 'a@example.com>' } }, 'address_invalid'],
    ['an empty label', { to: { email: 'a@example..com' } }, 'address_invalid'],
    ['a local part outside ASCII', { to: { email: 'élo@example.com' } }, 'address_not_ascii'],
    ['a date that is none', { date: new Date('x') }, 'date_invalid'],
    ['a message id without @', { messageId: 'x' }, 'message_id_invalid'],
    ['a header outside ASCII', { headers: { 'List-Id': 'é' } }, 'header_not_ascii'],
    [
      'a URL beyond the longest line',
      { headers: { 'List-Unsubscribe': `<https://a.example/${'x'.repeat(1000)}>` } },
      'header_too_long',
    ],
    ['a header name with a space', { headers: { 'X A': 'x' } }, 'header_name_invalid'],
  ]
  test.each(refused)('%s', (_, change, code) => {
    expect(() => write(change)).toThrowError(expect.objectContaining({ code }))
  })
})
