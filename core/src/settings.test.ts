import { expect, test } from 'vitest'
import { readSettings } from './settings.ts'

test('mails to users come from MAIL_FROM, with or without a name', () => {
  expect(readSettings({ MAIL_FROM: 'Envoi SAS <no-reply@envoi.example>' }).mailFrom).toEqual({
    name: 'Envoi SAS',
    email: 'no-reply@envoi.example',
  })
  expect(readSettings({ MAIL_FROM: '"Envoi, SAS" <no-reply@envoi.example>' }).mailFrom.name).toBe(
    'Envoi, SAS',
  )
  expect(readSettings({ MAIL_FROM: 'no-reply@envoi.example' }).mailFrom).toEqual({
    name: 'Envoi',
    email: 'no-reply@envoi.example',
  })
})

test('without it, from the host of the public pages; on an address, from this machine', () => {
  const from = (PUBLIC_URL: string) => readSettings({ PUBLIC_URL }).mailFrom.email
  expect(from('https://news.example.com')).toBe('no-reply@news.example.com')
  expect(from('http://127.0.0.1:8080')).toBe('no-reply@localhost')
  expect(from('http://[::1]:8080')).toBe('no-reply@localhost')
})

test.each([
  'nobody',
  'a@b@c.example',
  'Envoi <no-reply@envoi.example',
  'Envoi <no-reply@envoi.example>\r\nBcc: x@y.example',
  'En\nvoi <no-reply@envoi.example>',
  'é@envoi.example',
])('a wrong one is named at start: %j', (MAIL_FROM) => {
  expect(() => readSettings({ MAIL_FROM })).toThrow('MAIL_FROM is not valid: expected a sender')
})

test('name servers are addresses, with or without a port', () => {
  expect(readSettings({ DNS_SERVERS: '192.0.2.53, 127.0.0.1:5353,[2001:db8::53]:53' }).dnsServers).toEqual([
    '192.0.2.53',
    '127.0.0.1:5353',
    '[2001:db8::53]:53',
  ])
  expect(readSettings({}).dnsServers).toBeUndefined()
  expect(() => readSettings({ DNS_SERVERS: 'ns1.example.com' })).toThrow('DNS_SERVERS is not valid')
})

test.each(['::1', '0.0.0.0', 'localhost', 'api.internal'])('HOST may be an address or a name: %s', (HOST) => {
  expect(readSettings({ HOST }).host).toBe(HOST)
})

test.each(['no such host', 'http://localhost', '127.0.0.1:8080', '[::1]', '-x', 'fe80::1%eth0'])(
  'another HOST is named at start: %s',
  (HOST) => {
    expect(() => readSettings({ HOST })).toThrow('HOST is not valid: expected an address or a host name')
  },
)

test.each([
  ['::1', 'http://[::1]:8080'],
  ['0.0.0.0', 'http://127.0.0.1:8080'],
  ['localhost', 'http://localhost:8080'],
])('without API_URL the API is where it listens: HOST=%s', (HOST, apiUrl) => {
  expect(readSettings({ HOST }).apiUrl).toBe(apiUrl)
})

test.each(['API_URL', 'PUBLIC_URL'] as const)('%s is an origin, and nothing more', (name) => {
  const read = (value: string) => readSettings({ [name]: value })[name === 'API_URL' ? 'apiUrl' : 'publicUrl']
  expect(read('https://api.example.com/')).toBe('https://api.example.com')
  for (const more of ['/envoi', '/?a=1', '?a', '#top', '/envoi/'])
    expect(() => read(`https://api.example.com${more}`), more).toThrow(`${name} is not valid`)
  expect(() => read('https://ada:secret@api.example.com')).toThrow(`${name} is not valid`)
})

test('whom to tell of a weakness is a URI, or nobody', () => {
  const contact = (SECURITY_CONTACT?: string) => readSettings({ SECURITY_CONTACT }).securityContact
  expect(contact()).toBeUndefined()
  for (const uri of ['mailto:security@example.com', 'https://example.com/security', 'tel:+33123456789'])
    expect(contact(uri)).toBe(uri)
  for (const wrong of [
    'security@example.com',
    'http://example.com',
    'mailto:a@b.example\nExpires: 2999-01-01T00:00:00Z',
    'javascript:alert(1)',
    'https://',
  ])
    expect(() => contact(wrong)).toThrow('SECURITY_CONTACT is not valid')
})
