/** Names that other people read: in the From of a mail, on a page. What cannot be seen in one makes it pass for another. */
import { formatMailbox } from '@envoi/core/mail/mailbox'
import { expect, test } from '../support/fixture.ts'
import { newsletterPurpose } from '../support/newsletter-purpose.ts'
import { request } from '../support/request.ts'

const disguised = 'Bank\u202etropeR\u202c'

test('are refused with characters that cannot be seen, wherever they come in', async ({
  server,
  account,
}) => {
  const { api, accessToken: token } = account
  const sender = await api.senders.create({ email: 'news@example.com', name: 'שלום' })
  const purpose = await api.purposes.create({ ...newsletterPurpose, key: 'newsletter' })
  const { id: userId } = (await api.users.me()) as { id: string }
  const send = async (method: string, path: string, body: object) => {
    const answer = await request(`${server.url}${path}`, { method, token, body })
    const { errors } = answer.body as { errors?: { pointer: string }[] }
    return [answer.status, errors?.[0]?.pointer]
  }
  const person = { email: 'grace@example.com', firstName: 'Grace', lastName: 'Hopper' }
  const opening = {
    ...{ name: 'Atelier', locale: 'fr-FR', timezone: 'Europe/Paris', termsVersion: '2026-01' },
    owner: { ...person, password: 'calm-otter-47-lantern' },
  }
  expect(await send('POST', '/v1/senders', { email: 'a@example.com', name: disguised })).toEqual([
    422,
    '/name',
  ])
  expect(await send('PATCH', `/v1/senders/${sender.id}`, { name: 'Bank\u200b' })).toEqual([422, '/name'])
  expect(await send('POST', '/v1/purposes', { ...newsletterPurpose, key: 'other', name: disguised })).toEqual(
    [422, '/name'],
  )
  expect(await send('PATCH', `/v1/purposes/${purpose.key}`, { name: disguised })).toEqual([422, '/name'])
  expect(await send('PATCH', '/v1/account', { name: disguised })).toEqual([422, '/name'])
  expect(await send('PATCH', '/v1/account', { legal: { company: disguised } })).toEqual([
    422,
    '/legal/company',
  ])
  expect(await send('PATCH', '/v1/account', { dpo: { name: disguised } })).toEqual([422, '/dpo/name'])
  expect(await send('POST', '/v1/accounts', { ...opening, name: disguised })).toEqual([422, '/name'])
  expect(
    await send('POST', '/v1/accounts', { ...opening, owner: { ...opening.owner, firstName: disguised } }),
  ).toEqual([422, '/owner/firstName'])
  expect(await send('POST', '/v1/users', { ...person, role: 'analyst', lastName: disguised })).toEqual([
    422,
    '/lastName',
  ])
  expect(await send('PATCH', `/v1/users/${userId}`, { firstName: disguised })).toEqual([422, '/firstName'])
})

test('that are older than the rule leave without those characters', () => {
  expect(formatMailbox('from', { email: 'news@example.com', name: disguised })).toBe(
    'Bank tropeR <news@example.com>',
  )
})
