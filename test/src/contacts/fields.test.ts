import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'

type Api = TestAccount['api']

async function declareAll({ fields }: Api) {
  const choices = ['FR', 'BE']
  await fields.create({ key: 'note', label: 'Note', type: 'text' })
  await fields.create({ key: 'age', label: 'Age', type: 'number' })
  await fields.create({ key: 'vip', label: 'VIP', type: 'boolean' })
  await fields.create({ key: 'born', label: 'Born', type: 'date' })
  await fields.create({ key: 'seen', label: 'Seen', type: 'datetime' })
  await fields.create({ key: 'country', label: 'Country', type: 'choice', choices })
  await fields.create({ key: 'countries', label: 'Countries', type: 'choices', choices })
  await fields.create({ key: 'site', label: 'Site', type: 'url' })
}

describe('the attributes of a contact', () => {
  test('hold values of declared fields, each of its type', async ({ account: { api } }) => {
    await declareAll(api)
    const attributes = {
      note: 'two\nlines',
      age: 36.5,
      vip: true,
      born: '1815-12-10',
      seen: '2026-11-23T10:00:00.000Z',
      country: 'FR',
      countries: ['FR', 'BE'],
      site: 'https://example.com/ada',
    }
    const { id } = await api.contacts.create({ email: 'ada@example.com', attributes })
    expect((await api.contacts.get(id)).attributes).toEqual(attributes)
  })

  test('refuse values of another type, and keys that no field has, each with its pointer', async ({
    account: { api },
  }) => {
    await declareAll(api)
    const wrong = {
      note: { nested: true },
      age: 'many',
      vip: 'perhaps',
      born: '1815-02-30',
      seen: 'yesterday',
      country: 'ES',
      countries: ['FR', 'ES'],
      site: 'javascript:alert(1)',
      shoeSize: 36,
      'a/b~c': 1,
    }
    const { code, at } = await refusal(api.contacts.create({ email: 'ada@example.com', attributes: wrong }))
    expect(code).toBe('invalid')
    expect(at).toEqual([
      ...Object.keys(wrong)
        .slice(0, 9)
        .map((key) => `/attributes/${key}`),
      '/attributes/a~1b~0c',
    ])
  })
})

describe('a field', () => {
  test('has a key of its own, which is not that of a built-in property', async ({ account: { api } }) => {
    await api.fields.create({ key: 'country', label: 'Country', type: 'text' })
    expect(await refusal(api.fields.create({ key: 'country', label: 'Again', type: 'text' }))).toEqual({
      code: 'conflict',
      at: ['/key'],
    })
    for (const key of ['constructor', 'toString', 'hasOwnProperty'])
      expect(await refusal(api.fields.create({ key, label: key, type: 'text' }))).toEqual({
        code: 'invalid',
        at: ['/key'],
      })
    expect(await refusal(api.fields.create({ key: '__proto__', label: 'p', type: 'text' }))).toEqual({
      code: 'malformed',
      at: ['/key'],
    })
  })

  test('has choices if it chooses, and only then', async ({ account: { api } }) => {
    expect(await refusal(api.fields.create({ key: 'a', label: 'A', type: 'choice' }))).toEqual({
      code: 'invalid',
      at: ['/choices'],
    })
    expect(await refusal(api.fields.create({ key: 'a', label: 'A', type: 'text', choices: ['x'] }))).toEqual({
      code: 'invalid',
      at: ['/choices'],
    })
    expect(
      await refusal(api.fields.create({ key: 'a', label: 'A', type: 'choice', choices: ['x', ' x '] })),
    ).toEqual({ code: 'invalid', at: ['/choices'] })
  })

  test('is changed with its ETag, and keeps its key and type', async ({ account: { api } }) => {
    const { data, response } = await api.fields
      .create({ key: 'country', label: 'Country', type: 'choice', choices: ['FR'] })
      .withResponse()
    const ifMatch = response.headers.get('etag') ?? ''
    expect(
      await api.fields.update(data.id, { label: 'Pays', choices: ['FR', 'BE'] }, { ifMatch }),
    ).toMatchObject({
      key: 'country',
      label: 'Pays',
      choices: ['FR', 'BE'],
    })
    expect(await refusal(api.fields.update(data.id, { label: 'Land' }, { ifMatch }))).toMatchObject({
      code: 'precondition_failed',
    })
  })

  test('is not deleted while a contact holds a value of it', async ({ account: { api } }) => {
    const { id } = await api.fields.create({ key: 'country', label: 'Country', type: 'text' })
    const ada = await api.contacts.create({ email: 'ada@example.com', attributes: { country: 'FR' } })
    expect(await refusal(api.fields.delete(id))).toMatchObject({ code: 'in_use' })
    await api.contacts.update(ada.id, { attributes: { country: null } })
    await api.fields.delete(id)
    expect(await refusal(api.fields.get(id))).toMatchObject({ code: 'not_found' })
  })

  test('is not deleted while a segment asks for it', async ({ server, account }) => {
    const { id } = await account.api.fields.create({ key: 'country', label: 'Country', type: 'text' })
    const now = new Date()
    const rule = { all: [{ not: { field: 'attributes.country', op: 'eq', value: 'FR' } }] }
    await server.platform.db.segment.create({
      data: {
        accountId: account.id,
        id: server.platform.newId(),
        name: 'French',
        rule,
        createdAt: now,
        updatedAt: now,
      },
    })
    expect(await refusal(account.api.fields.delete(id))).toMatchObject({ code: 'in_use' })
  })
})

describe('a field of a special category', () => {
  async function purpose({ platform }: TestServer, accountId: string, legalBasis: 'consent' | 'contract') {
    const now = new Date()
    await platform.db.purpose.create({
      data: {
        accountId,
        id: platform.newId(),
        key: legalBasis,
        name: legalBasis,
        description: legalBasis,
        legalBasis,
        eprivacyGround: 'opt_in',
        channels: ['email'],
        retention: 'P3Y',
        policyText: 'text',
        policyVersion: '1',
        createdAt: now,
        updatedAt: now,
      },
    })
  }

  test('is refused unless its purpose rests on consent, with the article and the way out', async ({
    server,
    account,
  }) => {
    await purpose(server, account.id, 'contract')
    await purpose(server, account.id, 'consent')
    const { fields } = account.api
    const diet = { key: 'diet', label: 'Diet', type: 'text', specialCategory: true } as const
    expect(await refusal(fields.create(diet))).toEqual({ code: 'instruction_may_infringe', at: ['/purpose'] })
    expect(await refusal(fields.create({ ...diet, purpose: 'contract' }))).toEqual({
      code: 'instruction_may_infringe',
      at: ['/purpose'],
    })
    await expect(fields.create(diet)).rejects.toThrow(/art\. 9/)
    const { id } = await fields.create({ ...diet, purpose: 'consent' })
    expect(await refusal(fields.update(id, { purpose: null }))).toEqual({
      code: 'instruction_may_infringe',
      at: ['/purpose'],
    })
    const plain = await fields.create({ key: 'city', label: 'City', type: 'text' })
    expect(await refusal(fields.update(plain.id, { specialCategory: true }))).toMatchObject({
      code: 'instruction_may_infringe',
    })
  })

  test('takes no more values once its purpose no longer rests on consent', async ({ server, account }) => {
    await purpose(server, account.id, 'consent')
    const { api } = account
    await api.fields.create({
      key: 'diet',
      label: 'Diet',
      type: 'text',
      specialCategory: true,
      purpose: 'consent',
    })
    const ada = await api.contacts.create({ email: 'ada@example.com', attributes: { diet: 'kosher' } })
    await server.platform.db.purpose.updateMany({
      where: { accountId: account.id },
      data: { legalBasis: 'contract' },
    })
    expect(
      await refusal(api.contacts.create({ email: 'b@example.com', attributes: { diet: 'halal' } })),
    ).toEqual({
      code: 'instruction_may_infringe',
      at: ['/attributes/diet'],
    })
    await api.contacts.update(ada.id, { attributes: { diet: null } })
  })
})
