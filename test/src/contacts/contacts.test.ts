import { describe, expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'

test('of two contacts that take one address at once, one gets it and the other is told', async ({
  account: { api },
}) => {
  const [ada, eve] = [
    await api.contacts.create({ externalId: '1' }),
    await api.contacts.create({ externalId: '2' }),
  ]
  for (let round = 0; round < 10; round += 1) {
    const email = `shared-${round}@example.com`
    const outcomes = await Promise.allSettled([ada, eve].map(({ id }) => api.contacts.update(id, { email })))
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    expect(refused).toMatchObject([{ status: 409, code: 'conflict', errors: [{ pointer: '/email' }] }])
  }
})

test('a blank key is none: nobody would be found by it again', async ({ account: { api } }) => {
  const contact = { phone: '+33612345678' }
  expect(await refusal(api.contacts.upsertByEmail(' ', contact))).toEqual({
    code: 'invalid',
    at: ['/path/email'],
  })
  expect(await refusal(api.contacts.upsertByExternalId(' ', contact))).toEqual({
    code: 'invalid',
    at: ['/path/externalId'],
  })
  expect((await api.contacts.list()).data).toEqual([])
})

test('of very many wrong values some are told, and more attributes than there can be fields are refused', async ({
  account: { api },
}) => {
  const unknown = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, 1]))
  const { code, at } = await refusal(
    api.contacts.create({ email: 'ada@example.com', attributes: unknown(500) }),
  )
  expect([code, at.length]).toEqual(['invalid', 50])
  const { results } = await api.contacts.batch({
    contacts: [{ email: 'ada@example.com', attributes: unknown(500) }],
    onConflict: 'update',
  })
  expect(results[0]?.errors).toHaveLength(10)
  expect(await refusal(api.contacts.create({ email: 'ada@example.com', attributes: unknown(501) }))).toEqual({
    code: 'malformed',
    at: ['/attributes'],
  })
})

test('data cannot have been collected in the future', async ({ account: { api } }) => {
  const origin = { source: 'form', collectedAt: '2999-01-01T00:00:00Z' }
  expect(await refusal(api.contacts.create({ email: 'ada@example.com', origin }))).toEqual({
    code: 'invalid',
    at: ['/origin/collectedAt'],
  })
})

describe('a contact', () => {
  test('is kept with its values normalised', async ({ account: { api } }) => {
    const { id } = await api.contacts.create({
      email: ' Ada.Lovelace@EXÄMPLE.com ',
      phone: '06 12 34 56 78',
      externalId: ' crm-1 ',
      firstName: ' Ada ',
      lastName: 'Lovelace',
      locale: 'fr_fr',
      timezone: 'europe/paris',
      origin: {
        source: 'newsletter form',
        detail: 'https://example.com',
        collectedAt: '2026-11-01T10:00:00Z',
      },
    })
    expect(await api.contacts.get(id)).toMatchObject({
      email: 'ada.lovelace@xn--exmple-cua.com',
      phone: '+33612345678',
      externalId: 'crm-1',
      firstName: 'Ada',
      lastName: 'Lovelace',
      locale: 'fr-FR',
      timezone: 'Europe/Paris',
      origin: {
        source: 'newsletter form',
        detail: 'https://example.com',
        collectedAt: '2026-11-01T10:00:00.000Z',
      },
      tracking: 'unknown',
      restricted: false,
      objections: [],
      lists: [],
    })
  })

  test('is refused with a pointer at each value that is wrong', async ({ account: { api } }) => {
    const wrong = {
      email: 'ada@',
      phone: '12',
      firstName: 'a\u0007b',
      locale: '??',
      timezone: 'Mars/Olympus',
    }
    expect(await refusal(api.contacts.create(wrong))).toEqual({
      code: 'invalid',
      at: ['/email', '/phone', '/firstName', '/locale', '/timezone'],
    })
    expect((await api.contacts.list()).data).toEqual([])
  })

  test('needs an email, a phone or an external id', async ({ account: { api } }) => {
    expect(await refusal(api.contacts.create({ firstName: 'Ada' }))).toEqual({
      code: 'invalid',
      at: ['/email'],
    })
    const { id } = await api.contacts.create({ email: 'ada@example.com' })
    expect(await refusal(api.contacts.update(id, { email: null }))).toEqual({
      code: 'invalid',
      at: ['/email'],
    })
    await api.contacts.update(id, { email: null, phone: '+33612345678' })
  })

  test('is refused when another one has its email or external id', async ({ account: { api } }) => {
    const ada = await api.contacts.create({ email: 'ada@example.com', externalId: 'crm-1' })
    const grace = await api.contacts.create({ email: 'grace@example.com' })
    expect(await refusal(api.contacts.create({ email: 'ADA@example.com' }))).toEqual({
      code: 'conflict',
      at: ['/email'],
    })
    expect(await refusal(api.contacts.update(grace.id, { externalId: 'crm-1' }))).toEqual({
      code: 'conflict',
      at: ['/externalId'],
    })
    expect(await refusal(api.contacts.update(grace.id, { email: 'ada@example.com' }))).toEqual({
      code: 'conflict',
      at: ['/email'],
    })
    await api.contacts.update(ada.id, { email: 'ada@example.com' })
  })

  test('is changed by a merge patch: what is left out stays, null clears, attributes merge key by key', async ({
    account: { api },
  }) => {
    await api.fields.create({ key: 'country', label: 'Country', type: 'text' })
    await api.fields.create({ key: 'age', label: 'Age', type: 'number' })
    const { id } = await api.contacts.create({
      email: 'ada@example.com',
      firstName: 'Ada',
      attributes: { country: 'FR', age: 36 },
    })
    expect(await api.contacts.update(id, { firstName: null, attributes: { age: null } })).toMatchObject({
      email: 'ada@example.com',
      firstName: null,
      attributes: { country: 'FR' },
    })
    expect((await api.contacts.update(id, { attributes: { age: 37 } })).attributes).toEqual({
      country: 'FR',
      age: 37,
    })
  })

  test('that has changed since it was read is not changed with its old ETag', async ({
    account: { api },
  }) => {
    const { data, response } = await api.contacts.create({ email: 'ada@example.com' }).withResponse()
    const ifMatch = response.headers.get('etag') ?? ''
    expect(ifMatch).toMatch(/^".+"$/)
    await api.contacts.update(data.id, { firstName: 'Ada' }, { ifMatch })
    expect(await refusal(api.contacts.update(data.id, { firstName: 'Eve' }, { ifMatch }))).toMatchObject({
      code: 'precondition_failed',
    })
    expect((await api.contacts.get(data.id)).firstName).toBe('Ada')
  })

  test('comes masked to those who may not see who it is', async ({ account }) => {
    const { id } = await account.api.contacts.create({
      email: 'ada@example.com',
      phone: '+33612345678',
      firstName: 'Ada',
      lastName: 'Lovelace',
    })
    const analyst = await account.as({ permissions: ['contacts:read', 'contacts:write'] })
    for (const contact of [
      await analyst.contacts.get(id),
      await analyst.contacts.update(id, { locale: 'fr' }),
    ]) {
      expect(JSON.stringify(contact)).not.toMatch(/ada@|612345678|Ada|Lovelace/)
    }
  })

  test('is found by email, external id, list and time of change', async ({ account: { api } }) => {
    const ada = await api.contacts.create({ email: 'ada@example.com', externalId: 'crm-1' })
    const grace = await api.contacts.create({ email: 'grace@example.com' })
    const list = await api.lists.create({ name: 'Friends' })
    await api.lists.addMembers(list.id, { contactIds: [grace.id] })
    const found = async (query: Parameters<typeof api.contacts.list>[0]) =>
      (await api.contacts.list(query)).data.map(({ id }) => id)
    expect(await found({ email: ' ADA@Example.com' })).toEqual([ada.id])
    expect(await found({ externalId: 'crm-1' })).toEqual([ada.id])
    expect(await found({ list: list.id })).toEqual([grace.id])
    expect(await found({ updatedSince: '2100-01-01T00:00:00Z' })).toEqual([])
    expect(await found({ email: 'no address' })).toEqual([])
    expect(await found({ externalId: 'bell\u0007' })).toEqual([])
    expect(await refusal(api.contacts.list({ list: ada.id }))).toMatchObject({ code: 'not_found' })
  })

  test('is found by segment, alone and with any other filter', async ({ account: { api } }) => {
    const list = await api.lists.create({ name: 'Friends' })
    const make = async (email: string, firstName: string) =>
      (await api.contacts.create({ email, firstName, externalId: `crm-${email}` })).id
    const ids = [await make('a@example.com', 'Ada'), await make('b@example.com', 'Ada')]
    await make('c@example.com', 'Grace')
    const rule = { field: 'firstName', op: 'eq' as const, value: 'Ada' }
    const segment = (await api.segments.create({ name: 'Adas', rule })).id
    await api.lists.addMembers(list.id, { emails: ['a@example.com', 'c@example.com'] })
    const found = async (query: Parameters<typeof api.contacts.list>[0]) =>
      (await api.contacts.list({ segment, ...query })).data.map(({ id }) => id)
    expect(await found({})).toEqual([ids[1], ids[0]])
    expect(await found({ list: list.id })).toEqual([ids[0]])
    expect(await found({ email: 'B@example.com' })).toEqual([ids[1]])
    expect(await found({ email: 'c@example.com' })).toEqual([])
    expect(await found({ externalId: 'crm-a@example.com' })).toEqual([ids[0]])
    expect(await found({ updatedSince: new Date(Date.now() + 86_400_000).toISOString() })).toEqual([])
    const seen: string[] = []
    for await (const { id } of api.contacts.list({ segment, limit: 1 })) seen.push(id)
    expect(seen).toEqual([ids[1], ids[0]])
    expect(await refusal(api.contacts.list({ segment: ids[0] }))).toMatchObject({ code: 'not_found' })
  })

  test('and every change of it are on record, by name of field, without values', async ({
    account: { api, id: accountId },
  }) => {
    const { id } = await api.contacts.create({ email: 'ada@example.com' })
    await api.contacts.update(id, { firstName: 'Ada', lastName: 'Lovelace' })
    const events = (await api.auditEvents.list({ targetId: id })).data
    expect(events.map(({ action, changed }) => [action, changed])).toEqual([
      ['contacts.update', ['firstName', 'lastName']],
      ['contacts.create', []],
    ])
    expect(accountId).not.toBe(id)
  })
})

test('two accounts with the same contacts do not meet', async ({ server, account }) => {
  const other = await server.openAccount()
  const ada = { email: 'ada@example.com', externalId: 'crm-1', phone: '+33612345678' }
  const ours = await account.api.contacts.create(ada)
  const theirs = await other.api.contacts.create({ ...ada, firstName: 'Other' })
  await account.api.contacts.batch({ contacts: [{ ...ada, firstName: 'Ada' }], onConflict: 'update' })
  await account.api.contacts.upsertByEmail(ada.email, { lastName: 'Lovelace' })
  expect(await other.api.contacts.get(theirs.id)).toMatchObject({ firstName: 'Other', lastName: null })
  expect(await account.api.contacts.get(ours.id)).toMatchObject({ firstName: 'Ada', lastName: 'Lovelace' })
  expect((await account.api.contacts.list()).data).toHaveLength(1)
})
