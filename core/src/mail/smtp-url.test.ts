import { describe, expect, test } from 'vitest'
import { parseSmtpUrl } from './smtp-url.ts'

describe('the URL of a relay', () => {
  test('gives host, port and defaults', () => {
    expect(parseSmtpUrl('smtp://127.0.0.1:1025')).toEqual({
      host: '127.0.0.1',
      port: 1025,
      secure: false,
      starttls: 'offered',
      verifyCertificate: true,
      auth: null,
    })
    expect(parseSmtpUrl('smtp://relay.example').port).toBe(25)
    expect(parseSmtpUrl('smtp://u:p@relay.example').port).toBe(587)
    expect(parseSmtpUrl('smtps://relay.example')).toMatchObject({ port: 465, secure: true })
    expect(parseSmtpUrl('smtp://[::1]:2525')).toMatchObject({ host: '::1', port: 2525 })
  })

  test('holds credentials percent-encoded', () => {
    expect(parseSmtpUrl('smtp://me%40a.example:p%3A%2F%40@relay.example').auth).toEqual({
      user: 'me@a.example',
      pass: 'p:/@',
    })
  })

  test('never lets a password travel in the clear by default', () => {
    expect(parseSmtpUrl('smtp://u:p@relay.example').starttls).toBe('always')
    expect(parseSmtpUrl('smtp://u:p@127.0.0.1:1025').starttls).toBe('offered')
    expect(parseSmtpUrl('smtp://u:p@127.0.0.1.example').starttls).toBe('always')
    expect(parseSmtpUrl('smtp://u:p@relay.example?starttls=never').starttls).toBe('never')
  })

  test.each([
    '',
    'relay.example',
    'http://relay.example',
    'smtp://',
    'smtp://a?x=1',
    'smtp://a?starttls=maybe',
    'smtp://u:%zz@a',
  ])('%j is refused, and the error does not repeat it', (url) => {
    expect(() => parseSmtpUrl(url)).toThrowError(
      expect.objectContaining({ code: 'smtp_url_invalid', field: 'SMTP_URL' }),
    )
  })

  test('an error never shows the password', () => {
    expect(() => parseSmtpUrl('smtp://u:secret@relay.example?x=1')).not.toThrowError(/secret/)
  })
})
