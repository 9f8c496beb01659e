import { expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'

test('the first upsert creates, the next one changes what it names', async ({ account: { api } }) => {
  const first = await api.contacts.upsertByExternalId('crm-1', { email: 'ada@example.com' }).withResponse()
  expect(first.response.status).toBe(201)
  expect(first.response.headers.get('location')).toBe(`/v1/contacts/${first.data.id}`)
  const second = await api.contacts.upsertByExternalId('crm-1', { firstName: 'Ada' }).withResponse()
  expect(second.response.status).toBe(200)
  expect(second.data).toMatchObject({ id: first.data.id, email: 'ada@example.com', firstName: 'Ada' })
  const byEmail = await api.contacts.upsertByEmail('ADA@example.com', { lastName: 'Lovelace' })
  expect(byEmail).toMatchObject({ id: first.data.id, externalId: 'crm-1', lastName: 'Lovelace' })
})

test('twenty upserts of one unknown contact at once make one contact', async ({ account: { api } }) => {
  const upserts = Array.from({ length: 20 }, (_, index) =>
    index % 2 === 0
      ? api.contacts.upsertByEmail('ada@example.com', { externalId: 'crm-1' })
      : api.contacts.upsertByExternalId('crm-1', { email: 'ada@example.com' }),
  )
  const ids = new Set((await Promise.all(upserts)).map(({ id }) => id))
  expect(ids.size).toBe(1)
  expect((await api.contacts.list()).data).toHaveLength(1)
})

test('two batches at once over the same contacts, in opposite order, leave one of each', async ({
  account: { api },
}) => {
  const contacts = Array.from({ length: 500 }, (_, index) => ({
    email: `person-${index}@example.com`,
    externalId: `crm-${index}`,
  }))
  const [first, second] = await Promise.all([
    api.contacts.batch({ contacts, onConflict: 'update' }),
    api.contacts.batch({ contacts: contacts.toReversed(), onConflict: 'update' }),
  ])
  const ids = new Set([...first.results, ...second.results].map(({ id }) => id))
  expect(ids.size).toBe(500)
  expect([...first.results, ...second.results].filter(({ status }) => status === 'created')).toHaveLength(500)
})

test('twenty calls at once with one unknown phone make one contact', async ({ account: { api } }) => {
  const calls = Array.from({ length: 20 }, () =>
    api.contacts.batch({ contacts: [{ phone: '+33612345678' }], onConflict: 'update' }),
  )
  await Promise.all(calls)
  expect((await api.contacts.list()).data).toHaveLength(1)
})

test('a key in the path that is none is pointed at there', async ({ account: { api } }) => {
  expect(await refusal(api.contacts.upsertByEmail('not an address', {}))).toEqual({
    code: 'invalid',
    at: ['/path/email'],
  })
  expect(await refusal(api.contacts.upsertByExternalId('bell\u0007', {}))).toEqual({
    code: 'invalid',
    at: ['/path/externalId'],
  })
})

test('where the contact came from is kept from its creation on', async ({ account: { api } }) => {
  await api.contacts.upsertByEmail('ada@example.com', { origin: { source: 'fair' } })
  const { origin } = await api.contacts.upsertByEmail('ada@example.com', { origin: { source: 'web' } })
  expect(origin.source).toBe('fair')
})
