import { expect, type TestAccount, test } from '../support/fixture.ts'

const inCountry = (value: string) => ({ field: 'attributes.country', op: 'eq' as const, value })

async function people({ api }: TestAccount): Promise<void> {
  await api.fields.create({ key: 'country', label: 'Country', type: 'text' })
  const contacts = [
    { email: 'ada@example.com', attributes: { country: 'FR' } },
    { email: 'bob@example.com', attributes: { country: 'BE' } },
    { email: 'eve@example.com', attributes: { country: 'FR' } },
    { email: 'zoe@example.com' },
  ]
  for (const contact of contacts) await api.contacts.create(contact)
}

const emails = ({ data }: { data: { email: string | null }[] }) => data.map(({ email }) => email)

test('a segment counts and lists those who match at the moment, newest first, page by page', async ({
  server,
  account,
}) => {
  await people(account)
  const { segments, contacts } = account.api
  const { id } = await segments.create({ name: 'France', rule: inCountry('FR') })
  const stranger = await server.openAccount()
  await people(stranger)

  expect(await segments.count(id)).toEqual({ count: 2 })
  expect(emails(await segments.contacts(id))).toEqual(['eve@example.com', 'ada@example.com'])
  const first = await segments.contacts(id, { limit: 1 })
  expect(emails(first)).toEqual(['eve@example.com'])
  expect(emails(await segments.contacts(id, { limit: 1, cursor: first.nextCursor ?? '' }))).toEqual([
    'ada@example.com',
  ])

  await contacts.upsertByEmail('zoe@example.com', { attributes: { country: 'FR' } })
  await contacts.upsertByEmail('ada@example.com', { attributes: { country: null } })
  expect(await segments.count(id)).toEqual({ count: 2 })
  expect(emails(await segments.contacts(id))).toEqual(['zoe@example.com', 'eve@example.com'])
})

test('a segment whose rule has changed selects others', async ({ account }) => {
  await people(account)
  const { segments } = account.api
  const { id } = await segments.create({ name: 'France', rule: inCountry('FR') })
  await segments.update(id, { name: 'Elsewhere', rule: { not: inCountry('FR') } })
  expect(await segments.get(id)).toMatchObject({ name: 'Elsewhere', rule: { not: inCountry('FR') } })
  expect(await segments.count(id)).toEqual({ count: 2 })
  expect(emails(await segments.contacts(id))).toEqual(['zoe@example.com', 'bob@example.com'])
})

test('a preview counts all who match, shows ten of them at most, and saves nothing', async ({ account }) => {
  const { api } = account
  const contacts = Array.from({ length: 12 }, (_, index) => ({ email: `person-${index}@example.com` }))
  await api.contacts.batch({ contacts, onConflict: 'update' })
  await api.contacts.create({ phone: '+33612345678' })
  const { count, sample } = await api.segments.preview({
    rule: { field: 'email', op: 'exists', value: true },
  })
  expect([count, sample.length]).toEqual([12, 10])
  expect(new Set(emails({ data: sample })).size).toBe(10)
  expect((await api.segments.list()).data).toEqual([])
})

test('a preview without contacts:reveal shows no one', async ({ account }) => {
  await people(account)
  const reader = await account.as({ permissions: ['contacts:read'] })
  const { sample } = await reader.segments.preview({ rule: { field: 'email', op: 'exists' } })
  expect(sample.length).toBeGreaterThan(0)
  for (const email of emails({ data: sample })) expect(email).toMatch(/^.\*\*\*@example\.com$/)
})
