import { describe, expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'

describe('a list', () => {
  test('takes members by id and by address, once each, and says who is unknown', async ({
    account: { api },
  }) => {
    const ada = await api.contacts.create({ email: 'ada@example.com' })
    const grace = await api.contacts.create({ email: 'grace@example.com' })
    const { id } = await api.lists.create({ name: 'Spring fair' })
    const absent = '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'
    expect(await api.lists.addMembers(id, { contactIds: [ada.id, absent, ada.id] })).toEqual({
      added: 1,
      unknown: [absent],
    })
    expect(
      await api.lists.addMembers(id, {
        emails: ['ADA@example.com', 'grace@example.com', 'nobody@example.com', 'no address'],
      }),
    ).toEqual({
      added: 1,
      unknown: ['nobody@example.com', 'no address'],
    })
    expect((await api.contacts.get(ada.id)).lists).toEqual([id])
    expect(await api.lists.removeMembers(id, { emails: ['ada@example.com', 'nobody@example.com'] })).toEqual({
      removed: 1,
      unknown: ['nobody@example.com'],
    })
    expect((await api.contacts.list({ list: id })).data.map((contact) => contact.id)).toEqual([grace.id])
  })

  test('takes ids or addresses, not both and not neither', async ({ account: { api } }) => {
    const { id } = await api.lists.create({ name: 'Spring fair' })
    expect(await refusal(api.lists.addMembers(id, {}))).toEqual({ code: 'invalid', at: ['/contactIds'] })
  })

  test("does not take another account's contacts", async ({ server, account }) => {
    const other = await server.openAccount()
    const theirs = await other.api.contacts.create({ email: 'ada@example.com' })
    const { id } = await account.api.lists.create({ name: 'Spring fair' })
    expect(await account.api.lists.addMembers(id, { contactIds: [theirs.id] })).toEqual({
      added: 0,
      unknown: [theirs.id],
    })
    expect(await account.api.lists.addMembers(id, { emails: ['ada@example.com'] })).toEqual({
      added: 0,
      unknown: ['ada@example.com'],
    })
  })

  test('has a name of its own', async ({ account: { api } }) => {
    const { id } = await api.lists.create({ name: 'Spring fair' })
    const { id: otherId } = await api.lists.create({ name: 'Autumn fair' })
    expect(await refusal(api.lists.create({ name: ' Spring fair' }))).toEqual({
      code: 'conflict',
      at: ['/name'],
    })
    expect(await refusal(api.lists.update(otherId, { name: 'Spring fair' }))).toEqual({
      code: 'conflict',
      at: ['/name'],
    })
    expect(await refusal(api.lists.create({ name: ' \u00a0 ' }))).toEqual({ code: 'invalid', at: ['/name'] })
    expect((await api.lists.update(id, { name: 'Winter fair' })).name).toBe('Winter fair')
  })

  test('goes without its members going', async ({ account: { api } }) => {
    const ada = await api.contacts.create({ email: 'ada@example.com' })
    const { id } = await api.lists.create({ name: 'Spring fair' })
    await api.lists.addMembers(id, { contactIds: [ada.id] })
    await api.lists.delete(id)
    expect((await api.contacts.get(ada.id)).lists).toEqual([])
    expect(await refusal(api.lists.get(id))).toMatchObject({ code: 'not_found' })
  })

  test('is not deleted while a segment asks for it', async ({ server, account }) => {
    const { id } = await account.api.lists.create({ name: 'Spring fair' })
    const now = new Date()
    const rule = { any: [{ list: id }] }
    await server.platform.db.segment.create({
      data: {
        accountId: account.id,
        id: server.platform.newId(),
        name: 'Fair',
        rule,
        createdAt: now,
        updatedAt: now,
      },
    })
    expect(await refusal(account.api.lists.delete(id))).toMatchObject({ code: 'in_use' })
  })
})
