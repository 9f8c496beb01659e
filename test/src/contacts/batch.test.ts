import { describe, expect, test } from '../support/fixture.ts'

describe('a batch', () => {
  test('answers for each item, in order, and a bad one does not stop the others', async ({
    account: { api },
  }) => {
    const known = await api.contacts.create({ email: 'ada@example.com', firstName: 'Ada' })
    const { results } = await api.contacts.batch({
      onConflict: 'update',
      contacts: [
        { email: 'ada@example.com', lastName: 'Lovelace' },
        { email: 'not an address', attributes: { shoeSize: 36 } },
        { email: 'grace@example.com' },
        { email: 'ada@example.com', firstName: 'Ada' },
        {},
      ],
    })
    expect(results.map(({ index, status }) => [index, status])).toEqual([
      [0, 'updated'],
      [1, 'rejected'],
      [2, 'created'],
      [3, 'unchanged'],
      [4, 'rejected'],
    ])
    expect(results[0]?.id).toBe(known.id)
    expect(results[1]?.errors?.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['invalid_email', '/contacts/1/email'],
      ['unknown_field', '/contacts/1/attributes/shoeSize'],
    ])
    expect(await api.contacts.get(known.id)).toMatchObject({ firstName: 'Ada', lastName: 'Lovelace' })
    expect((await api.contacts.list()).data).toHaveLength(2)
  })

  test('moves addresses between contacts, in a circle too', async ({ account: { api } }) => {
    const one = await api.contacts.create({ email: 'one@example.com', externalId: 'crm-1' })
    const two = await api.contacts.create({ email: 'two@example.com', externalId: 'crm-2' })
    const { results } = await api.contacts.batch({
      onConflict: 'update',
      contacts: [
        { externalId: 'crm-1', email: 'between@example.com' },
        { externalId: 'crm-2', email: 'one@example.com' },
        { externalId: 'crm-1', email: 'two@example.com' },
      ],
    })
    expect(results.map(({ status }) => status)).toEqual(['updated', 'updated', 'updated'])
    expect((await api.contacts.get(one.id)).email).toBe('two@example.com')
    expect((await api.contacts.get(two.id)).email).toBe('one@example.com')
  })

  test('takes its items in order, each seeing what the ones before it did', async ({ account: { api } }) => {
    const { results } = await api.contacts.batch({
      onConflict: 'update',
      contacts: [
        { email: 'ada@example.com', firstName: 'Ada' },
        { email: 'ADA@example.com', externalId: 'crm-1' },
        { externalId: 'crm-1', email: 'countess@example.com' },
        { email: 'ada@example.com', firstName: 'Another' },
      ],
    })
    expect(results.map(({ status }) => status)).toEqual(['created', 'updated', 'updated', 'created'])
    expect(new Set(results.map(({ id }) => id)).size).toBe(2)
    expect(await api.contacts.get(results[0]?.id ?? '')).toMatchObject({
      email: 'countess@example.com',
      firstName: 'Ada',
      externalId: 'crm-1',
    })
    expect(await api.contacts.get(results[3]?.id ?? '')).toMatchObject({
      email: 'ada@example.com',
      firstName: 'Another',
    })
  })

  test('leaves contacts that exist alone when asked to', async ({ account: { api } }) => {
    const known = await api.contacts.create({ email: 'ada@example.com' })
    const contacts = [
      { email: 'ada@example.com', firstName: 'Ada' },
      { email: 'grace@example.com' },
      { email: 'grace@example.com', firstName: 'G' },
    ]
    const { results } = await api.contacts.batch({ onConflict: 'skip', contacts })
    expect(results.map(({ status }) => status)).toEqual(['skipped', 'created', 'skipped'])
    expect((await api.contacts.get(known.id)).firstName).toBeNull()
  })

  test('does not choose between two contacts', async ({ account: { api } }) => {
    await api.contacts.create({ email: 'ada@example.com', externalId: 'crm-1', phone: '+33612345678' })
    await api.contacts.create({ email: 'charles@example.com', externalId: 'crm-2', phone: '+33612345678' })
    const { results } = await api.contacts.batch({
      onConflict: 'update',
      contacts: [
        { externalId: 'crm-3', email: 'ada@example.com' },
        { externalId: 'crm-1', email: 'charles@example.com' },
        { phone: '+33612345678', firstName: 'Who' },
      ],
    })
    expect(results.map(({ errors }) => errors?.map(({ code, pointer }) => [code, pointer]))).toEqual([
      [['conflict', '/contacts/0/externalId']],
      [['conflict', '/contacts/1/email']],
      [['conflict', '/contacts/2/phone']],
    ])
  })

  test('of 5,000 contacts is one audit event with counts', async ({ account: { api } }) => {
    const contacts = Array.from({ length: 5_000 }, (_, index) => ({
      email: `person-${index}@example.com`,
      firstName: `P${index}`,
    }))
    const { results } = await api.contacts.batch({ contacts, onConflict: 'update' })
    expect(results.every(({ status }) => status === 'created')).toBe(true)
    const again = await api.contacts.batch({ contacts, onConflict: 'update' })
    expect(again.results.every(({ status }) => status === 'unchanged')).toBe(true)
    const events = (await api.auditEvents.list({ action: 'contacts.batch' })).data
    expect(events.map(({ counts }) => counts)).toEqual([{ unchanged: 5_000 }, { created: 5_000 }])
  })
})
