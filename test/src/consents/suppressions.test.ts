import { asSystem } from '@envoi/core'
import { recogniseSuppressions } from '@envoi/core/suppressions/recognise-suppressions'
import * as make from '../contract/make.ts'
import { describe, expect, test } from '../support/recorded.ts'

test('an address is held in the form contacts have it, and barred once', async ({ account }) => {
  const { suppressions } = account.api
  const made = await suppressions.create({ channel: 'email', value: ' Ada@Example.COM ', reason: 'manual' })
  expect(made).toMatchObject({ value: 'ada@example.com', reason: 'manual', purpose: null })
  const again = suppressions.create({ channel: 'email', value: 'ada@example.com', reason: 'complaint' })
  await expect(again).rejects.toMatchObject({ code: 'conflict', errors: [{ pointer: '/value' }] })
})

test('without contacts:reveal the address is masked', async ({ account }) => {
  const { id } = await account.api.suppressions.create({
    channel: 'email',
    value: 'ada@example.com',
    reason: 'manual',
  })
  const reader = await account.as({ permissions: ['consents:read'] })
  expect((await reader.suppressions.get(id)).value).toBe('a***@example.com')
})

describe('is refused', () => {
  const cases = [
    ['/value', { channel: 'email', value: 'not an address', reason: 'manual' }],
    ['/value', { channel: 'sms', value: '06 12 34', reason: 'manual' }],
    ['/purpose', { channel: 'email', value: 'ada@example.com', reason: 'manual', purpose: 'no-such' }],
  ] as const
  for (const [pointer, body] of cases) {
    test(`at ${pointer}: ${JSON.stringify(body)}`, async ({ account }) => {
      const refused = account.api.suppressions.create(body)
      await expect(refused).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer }] })
    })
  }
})

test('lists filter, and find by address', async ({ server, account }) => {
  const { suppressions } = account.api
  const purpose = await make.purpose({ server, account })
  await suppressions.create({ channel: 'email', value: 'ada@example.com', reason: 'manual' })
  await suppressions.create({ channel: 'email', value: 'ada@example.com', reason: 'complaint', purpose })
  await suppressions.create({ channel: 'sms', value: '+33612345678', reason: 'unsubscribe' })
  const reasons = async (query: Parameters<typeof suppressions.list>[0]) =>
    (await suppressions.list(query)).data.map(({ reason }) => reason)
  expect(await reasons({ value: 'Ada@example.com' })).toEqual(['complaint', 'manual'])
  expect(await reasons({ value: '+33 6 12 34 56 78' })).toEqual(['unsubscribe'])
  expect(await reasons({ purpose })).toEqual(['complaint'])
  expect(await reasons({ channel: 'sms' })).toEqual(['unsubscribe'])
})

test('what the person asked for is lifted only by a consent of theirs collected since', async ({
  server,
  account,
}) => {
  const { api } = account
  const [ada, purpose] = [await make.contact({ server, account }), await make.purpose({ server, account })]
  const { email } = await api.contacts.get(ada)
  const say = (collectedAt: string) =>
    api.consents.record(ada, {
      purpose,
      channel: 'email',
      state: 'granted',
      evidence: { ...make.evidence(), collectedAt },
    })
  await say('2026-01-01T00:00:00Z')
  const { id } = await api.suppressions.create({
    channel: 'email',
    value: email ?? '',
    reason: 'unsubscribe',
  })
  await expect(api.suppressions.delete(id)).rejects.toMatchObject({
    code: 'instruction_may_infringe',
    message: expect.stringContaining('art. 21(3)'),
  })
  await say(new Date().toISOString())
  await api.suppressions.delete(id)
  await expect(api.suppressions.get(id)).rejects.toMatchObject({ code: 'not_found' })
})

test('a fingerprint alone is found by address, and gets it back when the address comes back', async ({
  server,
  account,
}) => {
  const { api } = account
  const { id } = await api.suppressions.create({
    channel: 'email',
    value: 'ada@example.com',
    reason: 'manual',
  })
  await server.platform.db.suppression.updateMany({
    where: { accountId: account.id, id },
    data: { value: null },
  })
  expect((await api.suppressions.list({ value: 'ada@example.com' })).data).toMatchObject([
    { id, value: null },
  ])
  const context = asSystem(server.platform, account.id, 'test')
  await recogniseSuppressions(context, [
    { channel: 'email', value: 'bob@example.com' },
    { channel: 'sms', value: 'ada@example.com' },
  ])
  expect((await api.suppressions.get(id)).value).toBeNull()
  await recogniseSuppressions(context, [{ channel: 'email', value: 'ada@example.com' }])
  expect((await api.suppressions.get(id)).value).toBe('ada@example.com')
})

test('a suppression outlives the contact, and bars the address when it comes back', async ({
  server,
  account,
  drain,
}) => {
  const { api } = account
  const email = `ada-${server.platform.newId()}@example.com`
  const ada = await api.contacts.create({ email })
  const purpose = await make.purpose({ server, account })
  await api.consents.record(ada.id, {
    purpose,
    channel: 'email',
    state: 'granted',
    evidence: make.evidence(),
  })
  const { id } = await api.suppressions.create({ channel: 'email', value: email, reason: 'hard_bounce' })
  await api.contacts.delete(ada.id, { reason: 'cleanup' })
  await drain()
  expect((await api.suppressions.get(id)).value).toBeNull()
  expect(await api.consents.integrity()).toMatchObject({ verified: true, lines: 0 })
  await api.contacts.create({ email })
  expect((await api.suppressions.get(id)).value).toBe(email)
})
