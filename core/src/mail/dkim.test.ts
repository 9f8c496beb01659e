import { generateKeyPairSync } from 'node:crypto'
import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { beforeAll, describe, expect, test } from 'vitest'
import { composeMessage, type MessageInput, serializeMessage } from './compose-message.ts'
import { type DkimKey, loadDkimKey, signMessage } from './dkim.ts'
import { canonicalBody, canonicalHeader } from './dkim-canonical.ts'
import { type GeneratedDkimKey, generateDkimKey } from './generate-dkim-key.ts'

const INPUT: MessageInput = {
  from: { email: 'news@shop.example', name: 'Boutique Éloïse' },
  replyTo: { email: 'help@shop.example' },
  to: { email: 'ada@example.com', name: 'Ada Lovelace' },
  subject: 'Des nouvelles  de   la boutique, avec un sujet assez long pour être plié',
  text: 'Bonjour Ada  \r\n\r\n   trois espaces \t\r\n\r\n\r\n',
  html: '<p>Bonjour   Ada, ça va ?</p>\r\n\r\n',
  messageId: '0193.abc@shop.example',
  date: new Date('2026-11-23T16:00:00Z'),
  headers: {
    'List-Unsubscribe': '<https://envoi.example/u/token>, <mailto:u@envoi.example?subject=token>',
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'List-Id': '<news.shop.example>',
    'Feedback-ID': 'campaign:account:envoi',
  },
}
const REQUIRED = [
  'from',
  'to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'reply-to',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'list-id',
  'feedback-id',
]

/** What an independent implementation makes of the message, with the key published under its selector. */
async function verify(raw: string, dnsRecord: string) {
  const asked: string[] = []
  const { results } = await dkimVerify(raw, {
    resolver: async (name: string) => {
      asked.push(name)
      return [[dnsRecord]]
    },
  })
  return { results, asked, verdict: results[0]?.status.result }
}

describe.each(['rsa', 'ed25519'] as const)('a message signed with %s', (type) => {
  let generated: GeneratedDkimKey
  let key: DkimKey
  let raw: string

  beforeAll(async () => {
    generated = await generateDkimKey(type)
    key = loadDkimKey({ domain: 'shop.example', selector: 'envoi1', privateKey: generated.privateKey })
    raw = serializeMessage(await signMessage(composeMessage(INPUT), key)).toString('latin1')
  })

  test('is verified by another implementation, by the record to publish in DNS', async () => {
    const { verdict, results, asked } = await verify(raw, generated.dnsRecord)
    expect(verdict).toBe('pass')
    expect(results).toHaveLength(1)
    expect(asked).toEqual(['envoi1._domainkey.shop.example'])
  })

  test('covers all the headers that matter', () => {
    const head = raw.slice(0, raw.indexOf('\r\nFrom:')).replace(/\r\n\s/g, ' ')
    const signed = (/h=([^;]+);/.exec(head)?.[1] ?? '').split(':').map((name) => name.trim().toLowerCase())
    expect(signed).toEqual(expect.arrayContaining(REQUIRED))
  })

  test.each(REQUIRED)('is no longer valid when %s is altered', async (name) => {
    const altered = raw.replace(
      new RegExp(`^(${name}: ?)(.)`, 'im'),
      (_, start: string, first: string) => `${start}x${first}`,
    )
    expect(altered).not.toBe(raw)
    expect((await verify(altered, generated.dnsRecord)).verdict).not.toBe('pass')
  })

  test('is no longer valid when a second From, Subject or List-Unsubscribe is added', async () => {
    for (const added of [
      'From: eve@evil.example',
      'Subject: Free',
      'List-Unsubscribe: <https://evil.example>',
    ]) {
      expect((await verify(`${added}\r\n${raw}`, generated.dnsRecord)).verdict).not.toBe('pass')
    }
  })

  test('is no longer valid when the body is altered', async () => {
    expect((await verify(raw.replace('Bonjour', 'Bonsoir'), generated.dnsRecord)).verdict).not.toBe('pass')
  })

  test('survives what relays do: refolding, spacing, empty lines at the end', async () => {
    const handled = raw.replace('To: Ada Lovelace <', 'To:   Ada\r\n\tLovelace  <').concat('\r\n\r\n')
    expect(handled).not.toBe(raw)
    expect((await verify(handled, generated.dnsRecord)).verdict).toBe('pass')
  })

  test('has no line beyond 78 characters', () => {
    for (const line of raw.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78)
  })
})

describe('signing fails closed', () => {
  test.each([
    ['not a key', 'hello'],
    ['RSA of 1024 bits', pem('rsa')],
    ['a key of another kind', pem('ec')],
  ])('%s is refused when loaded, without repeating the secret', (_, privateKey) => {
    const load = () => loadDkimKey({ domain: 'shop.example', selector: 's', privateKey })
    expect(load).toThrowError(expect.objectContaining({ code: 'dkim_key_invalid' }))
    expect(load).not.toThrowError(privateKey.slice(0, 40))
  })

  test('a domain or selector that could break out of the header is refused', async () => {
    const { privateKey } = await generateDkimKey('ed25519')
    for (const bad of ['a;b', 'a b', 'a\r\nX: y', '', 'é.example']) {
      expect(() => loadDkimKey({ domain: bad, selector: 's', privateKey })).toThrowError(/dkim.domain/)
      expect(() => loadDkimKey({ domain: 'shop.example', selector: bad, privateKey })).toThrowError(
        /dkim.selector/,
      )
    }
  })

  test('a message that cannot be signed rejects instead of coming back unsigned', async () => {
    const { privateKey } = await generateDkimKey('ed25519')
    const key = loadDkimKey({ domain: 'shop.example', selector: 's', privateKey })
    const broken = { ...key, algorithm: 'rsa-sha256' as const, privateKey: key.privateKey }
    await expect(signMessage(composeMessage(INPUT), broken)).rejects.toThrow()
    await expect(signMessage({ headers: [], body: Buffer.alloc(0) }, key)).rejects.toThrow(/From/)
  })

  test('keys are accepted as PEM and as PKCS#8 in base64', async () => {
    const { privateKey } = await generateDkimKey()
    const base64 = privateKey.replace(/-----[^-]+-----|\s/g, '')
    expect(loadDkimKey({ domain: 'a.example', selector: 's', privateKey: base64 }).algorithm).toBe(
      'rsa-sha256',
    )
  })
})

describe('relaxed canonicalization', () => {
  test('gives the examples of RFC 6376 section 3.4.5', () => {
    expect(canonicalHeader('A: X')).toBe('a:X')
    expect(canonicalHeader('B : Y\t\r\n\tZ  ')).toBe('b:Y Z')
    expect(canonicalBody(Buffer.from(' C \r\nD \t E\r\n\r\n\r\n'))).toBe(' C\r\nD E\r\n')
  })

  test('makes nothing of an empty body, and ends any other with one CRLF', () => {
    expect(canonicalBody(Buffer.from(''))).toBe('')
    expect(canonicalBody(Buffer.from('\r\n \r\n'))).toBe('')
    expect(canonicalBody(Buffer.from('a \t'))).toBe('a\r\n')
    expect(canonicalBody(Buffer.from('a'))).toBe('a\r\n')
    expect(canonicalBody(Buffer.from('\r\na\r\n\r\nb \r\n'))).toBe('\r\na\r\n\r\nb\r\n')
  })
})

function pem(type: 'rsa' | 'ec'): string {
  const pair =
    type === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 1024 })
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
