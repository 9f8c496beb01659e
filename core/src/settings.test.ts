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
