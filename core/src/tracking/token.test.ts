import { randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createClickUrls } from './click-urls.ts'
import {
  createTokenKeys,
  redirectable,
  signConfirm,
  signLink,
  signOpen,
  signPreferences,
  signRecipient,
  signUnsubscribe,
  signView,
  verifyClick,
  verifyConfirm,
  verifyOpen,
  verifyPreferences,
  verifyUnsubscribe,
  verifyView,
} from './token.ts'

const keys = createTokenKeys(1, [[1, randomBytes(32)]])
const accountId = randomUUID()
const campaignId = randomUUID()
const contactId = randomUUID()
const recipient = { messageId: randomUUID(), contactId }
const target = 'https://shop.example/a?b=1&c=%C3%A9#top'
const publicUrl = 'https://news.example'

const open = { accountId, campaignId, recipient }
const address = 'fedcba9876543210'
const unsubscribe = {
  accountId,
  contactId,
  messageId: recipient.messageId,
  purposeId: randomUUID(),
  address,
}
// as they were before there were marks
const preferences = { accountId, contactId, messageId: null, address: null }
const confirm = {
  accountId,
  contactId,
  purposeId: randomUUID(),
  consentEventId: randomUUID(),
  address: '0123456789abcdef',
}
const view = { accountId, ...recipient, address }
const link = { accountId, campaignId, link: 7, target }

const kinds = [
  { name: 'open', token: signOpen(keys, open), verify: verifyOpen, holds: open },
  {
    name: 'unsubscribe',
    token: signUnsubscribe(keys, unsubscribe),
    verify: verifyUnsubscribe,
    holds: unsubscribe,
  },
  {
    name: 'preferences',
    token: signPreferences(keys, preferences),
    verify: verifyPreferences,
    holds: preferences,
  },
  { name: 'confirm', token: signConfirm(keys, confirm), verify: verifyConfirm, holds: confirm },
  { name: 'view', token: signView(keys, view), verify: verifyView, holds: view },
  { name: 'click', token: signLink(keys, link), verify: verifyClick, holds: { ...link, recipient: null } },
]

describe.each(kinds)('a token of kind $name', ({ name, token, verify, holds }) => {
  test('gives back what was signed', () => {
    expect(verify(keys, token)).toEqual(holds)
    expect(token).toMatch(/^[A-Za-z0-9_-]+$/)
  })

  test('is refused when any of its characters is changed, dropped or doubled', () => {
    for (let i = 0; i < token.length; i++) {
      const other = token[i] === 'A' ? 'B' : 'A'
      expect(verify(keys, token.slice(0, i) + other + token.slice(i + 1))).toBeNull()
      expect(verify(keys, token.slice(0, i) + token.slice(i + 1))).toBeNull()
      expect(verify(keys, token.slice(0, i) + token[i] + token.slice(i))).toBeNull()
    }
  })

  test('is refused under another spelling of the same bytes', () => {
    for (const spelling of [`${token}=`, `${token}==`, ` ${token}`, `${token}\n`, `${token}*`]) {
      expect(verify(keys, spelling)).toBeNull()
    }
  })

  test('serves for no other kind', () => {
    for (const other of kinds) if (other.name !== name) expect(other.verify(keys, token)).toBeNull()
  })

  test('is refused under another key, and under a key id nobody knows', () => {
    expect(verify(createTokenKeys(1, [[1, randomBytes(32)]]), token)).toBeNull()
    expect(verify(createTokenKeys(2, [[2, randomBytes(32)]]), token)).toBeNull()
  })

  test('survives the rotation of keys as long as its key is kept', () => {
    const old = keys.keys.get(1)
    if (!old) throw new Error('key 1 is there')
    const rotated = createTokenKeys(2, [
      [1, old],
      [2, randomBytes(32)],
    ])
    expect(verify(rotated, token)).toEqual(holds)
  })
})

test('anything malformed is null, never an exception', () => {
  const hostile = [
    '',
    '.',
    '..',
    'A',
    '\u0000',
    '🙈',
    'a.b.c',
    'A'.repeat(4096),
    'A'.repeat(100_000),
    '%00',
    '../../etc/passwd',
  ]
  for (let i = 0; i < 200; i++) hostile.push(randomBytes(i).toString('base64url'))
  for (const token of hostile) for (const { verify } of kinds) expect(verify(keys, token)).toBeNull()
})

test('an aggregate token holds nobody: it is the same for everyone', () => {
  const urls = createClickUrls(keys, { publicUrl, accountId, campaignId })
  expect(urls.aggregate(7, target)).toBe(urls.aggregate(7, target))
  expect(signOpen(keys, { ...open, recipient: null })).toBe(signOpen(keys, { ...open, recipient: null }))
  expect(verifyOpen(keys, signOpen(keys, { ...open, recipient: null }))?.recipient).toBeNull()
})

describe('a click', () => {
  const urls = createClickUrls(keys, { publicUrl: `${publicUrl}/`, accountId, campaignId })
  const tokenOf = (url: string) => url.slice(`${publicUrl}/c/`.length)

  test('of one person holds the link, the target and who', () => {
    const url = urls.individual(recipient)(7, target)
    expect(url.startsWith(`${publicUrl}/c/`)).toBe(true)
    expect(verifyClick(keys, tokenOf(url))).toEqual({ ...link, recipient })
  })

  test('keeps its aggregate half when the person half is taken off', () => {
    const url = urls.individual(recipient)(7, target)
    expect(url.slice(0, url.lastIndexOf('.'))).toBe(urls.aggregate(7, target))
  })

  test('follows a target that is written for each recipient', () => {
    for (const id of ['a', 'b', 'a']) {
      const url = urls.individual(recipient)(3, `https://shop.example/?id=${id}`)
      expect(verifyClick(keys, tokenOf(url))?.target).toBe(`https://shop.example/?id=${id}`)
    }
  })

  test('cannot be led to a target that was not signed', () => {
    const [linkToken = ''] = tokenOf(urls.individual(recipient)(7, target)).split('.')
    const bytes = Buffer.from(linkToken, 'base64url')
    const forged = Buffer.from(bytes.toString('latin1').replace('shop.example', 'evil.example'), 'latin1')
    expect(forged).not.toEqual(bytes)
    expect(verifyClick(keys, forged.toString('base64url'))).toBeNull()
  })

  test('refuses a recipient taken from another campaign, another account, or a forged one', () => {
    const linkToken = signLink(keys, link)
    const foreign = [
      signRecipient(keys, { accountId, campaignId: randomUUID(), recipient }),
      signRecipient(keys, { accountId, campaignId: null, recipient }),
      signRecipient(keys, { accountId: randomUUID(), campaignId, recipient }),
      signOpen(keys, open),
      randomBytes(50).toString('base64url'),
      '',
    ]
    for (const who of foreign) expect(verifyClick(keys, `${linkToken}.${who}`)).toBeNull()
    const own = signRecipient(keys, { accountId, campaignId, recipient })
    expect(verifyClick(keys, `${linkToken}.${own}`)).not.toBeNull()
    expect(verifyClick(keys, `${linkToken}.${own}.${own}`)).toBeNull()
    expect(verifyClick(keys, own)).toBeNull()
  })

  test('works for a message without a campaign', () => {
    const alone = createClickUrls(keys, { publicUrl, accountId, campaignId: null })
    const found = verifyClick(keys, tokenOf(alone.individual(recipient)(0, target)))
    expect(found).toEqual({ accountId, campaignId: null, link: 0, target, recipient })
  })
})

describe('a redirectable target', () => {
  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    '//evil.example',
    '/relative',
    'mailto:a@b.example',
    'https://',
    'https://bank.example@evil.example/',
    `https://x.example/${'a'.repeat(2000)}`,
    '',
  ])('is not %s', (target) => {
    expect(redirectable(target)).toBeNull()
    expect(() => signLink(keys, { ...link, target })).toThrow(TypeError)
  })

  test('is made safe for a Location header', () => {
    expect(redirectable('HTTPS://exämple.fr/é\r\nSet-Cookie: a=b')).toBe(
      'https://xn--exmple-cua.fr/%C3%A9Set-Cookie:%20a=b',
    )
  })
})

test('short or missing keys are refused when they are set up', () => {
  expect(() => createTokenKeys(1, [[1, randomBytes(16)]])).toThrow(/32 bytes/)
  expect(() => createTokenKeys(1, [[2, randomBytes(32)]])).toThrow(/missing/)
  expect(() => createTokenKeys(256, [[256, randomBytes(32)]])).toThrow(/one byte/)
})
