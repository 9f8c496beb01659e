/** Whoever may write a value without seeing it does not learn whether they have guessed it. */
import { allPermissions } from '@envoi/openapi'

import { expect, test } from '../support/fixture.ts'
import { newsletterPurpose } from '../support/newsletter-purpose.ts'

const email = 'ada@example.com'

test('without contacts:reveal, a value that was there already counts as changed', async ({ account }) => {
  await account.api.purposes.create({ key: 'health', ...newsletterPurpose })
  await account.api.fields.create({
    key: 'ill',
    label: 'Ill',
    type: 'boolean',
    specialCategory: true,
    purpose: 'health',
  })
  await account.api.fields.create({ key: 'score', label: 'Score', type: 'number' })
  const made = { email, firstName: 'Ada', attributes: { ill: true, score: 1 } }
  const { id } = await account.api.contacts.create(made)
  const blind = await account.as({
    permissions: allPermissions.filter((name) => name !== 'contacts:reveal'),
  })
  const touched = async (work: () => Promise<unknown>) => {
    const before = (await account.api.contacts.get(id)).updatedAt
    await work()
    return (await account.api.contacts.get(id)).updatedAt !== before
  }
  const item = { email, firstName: 'Ada', attributes: { ill: true } }
  expect(await touched(() => blind.contacts.update(id, { attributes: { ill: true } }))).toBe(true)
  expect(await touched(() => blind.contacts.update(id, { firstName: 'Ada' }))).toBe(true)
  expect(await touched(() => blind.contacts.upsertByEmail(email, { attributes: { ill: true } }))).toBe(true)
  const batch = () => blind.contacts.batch({ onConflict: 'update', contacts: [item] })
  expect((await batch()).results).toMatchObject([{ status: 'updated' }])
  const events = await blind.auditEvents.list({ targetId: id, action: 'contacts.update' })
  expect(events.data.map(({ changed }) => changed)).toEqual([['firstName'], ['attributes.ill']])
  // the same of a value that is not there
  await account.api.contacts.update(id, { attributes: { ill: null } })
  expect(await touched(() => blind.contacts.update(id, { attributes: { ill: null } }))).toBe(true)
  // what they see, and what everybody sees who looks a contact up
  expect(await touched(() => blind.contacts.update(id, { email, attributes: { score: 1 } }))).toBe(false)
  expect(await touched(() => account.api.contacts.update(id, { firstName: 'Ada' }))).toBe(false)
})
