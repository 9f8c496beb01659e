import * as make from '../contract/make.ts'
import { describe, expect, test } from '../support/fixture.ts'

const offers = {
  key: 'offers',
  name: 'Offers',
  description: 'Offers of the season.',
  legalBasis: 'consent',
  eprivacyGround: 'opt_in',
  channels: ['email'],
  retention: 'P3Y',
  doubleOptIn: true,
  policyText: 'I agree to receive offers by email.',
  policyVersion: '1',
} as const
const body = { ...offers, channels: [...offers.channels] }

test('a purpose is declared, read and listed by its key', async ({ account }) => {
  const made = await account.api.purposes.create(body)
  expect(made).toMatchObject({ ...body, assessment: null })
  expect(await account.api.purposes.get('offers')).toEqual(made)
  expect((await account.api.purposes.list()).data).toEqual([made])
})

test('a change of one field leaves the others', async ({ account }) => {
  await account.api.purposes.create(body)
  const changed = await account.api.purposes.update('offers', { name: 'Season' })
  expect(changed).toMatchObject({ ...body, name: 'Season' })
})

test('a change to what one has not read is refused', async ({ account }) => {
  await account.api.purposes.create(body)
  const { response } = await account.api.purposes.get('offers').withResponse()
  const ifMatch = response.headers.get('etag') ?? ''
  await account.api.purposes.update('offers', { name: 'Season' }, { ifMatch })
  const stale = account.api.purposes.update('offers', { name: 'Late' }, { ifMatch })
  await expect(stale).rejects.toMatchObject({ code: 'precondition_failed' })
})

describe('is refused', () => {
  const cases = [
    ['malformed', '/key', { key: 'Offers' }],
    ['malformed', '/retention', { retention: '3 years' }],
    ['malformed', '/channels', { channels: [] }],
    ['invalid', '/key', { key: 'tracking' }],
    ['invalid', '/retention', { retention: 'P0Y' }],
    [
      'invalid',
      '/assessment',
      { legalBasis: 'legitimate_interests', eprivacyGround: 'soft_opt_in', doubleOptIn: false },
    ],
    ['instruction_may_infringe', '/legalBasis', { legalBasis: 'contract' }],
  ] as const
  for (const [code, pointer, change] of cases) {
    test(`with ${code} at ${pointer}: ${JSON.stringify(change)}`, async ({ account }) => {
      const refused = account.api.purposes.create({ ...body, ...change } as never)
      await expect(refused).rejects.toMatchObject({
        code,
        errors: expect.arrayContaining([expect.objectContaining({ pointer })]),
      })
    })
  }

  test('a key that is taken', async ({ account }) => {
    await account.api.purposes.create(body)
    await expect(account.api.purposes.create(body)).rejects.toMatchObject({ code: 'conflict' })
  })
})

test('another wording needs another version', async ({ account }) => {
  await account.api.purposes.create(body)
  const same = account.api.purposes.update('offers', { policyText: 'Other words.' })
  await expect(same).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/policyVersion' }] })
  const next = await account.api.purposes.update('offers', { policyText: 'Other words.', policyVersion: '2' })
  expect(next.policyVersion).toBe('2')
})

test('who consented is not moved to a weaker ground, and their purpose stays', async ({
  server,
  account,
}) => {
  const { purpose } = await make.consent({ server, account })
  const weaker = account.api.purposes.update(purpose, {
    legalBasis: 'legitimate_interests',
    assessment: 'LIA-1',
    eprivacyGround: 'soft_opt_in',
  })
  await expect(weaker).rejects.toMatchObject({ code: 'instruction_may_infringe' })
  await expect(account.api.purposes.delete(purpose)).rejects.toMatchObject({
    code: 'in_use',
    message: 'It has consents.',
  })
})

test('one account does not see the purposes of another', async ({ server, account }) => {
  await account.api.purposes.create(body)
  const other = await server.openAccount()
  await expect(other.api.purposes.get('offers')).rejects.toMatchObject({ code: 'not_found' })
  expect(await other.api.purposes.create(body)).toMatchObject({ key: 'offers' })
})

test('a purpose that a segment asks for cannot be deleted', async ({ account: { api } }) => {
  const { key } = await api.purposes.create({ ...body, key: 'asked-for' })
  const rule = {
    any: [{ not: { consent: { purpose: key, channel: 'email' as const, state: 'granted' as const } } }],
  }
  const segment = await api.segments.create({ name: 'Not yet', rule })
  await expect(api.purposes.delete(key)).rejects.toMatchObject({ code: 'in_use' })
  await api.segments.delete(segment.id)
  await api.purposes.delete(key)
})
