import { expect, type TestAccount, test } from '../support/fixture.ts'
import { newsletterPurpose } from '../support/newsletter-purpose.ts'
import { refusal } from '../support/refusal.ts'

const purposeOf = ({ api }: TestAccount, key = 'newsletter') =>
  api.purposes.create({ key, ...newsletterPurpose })

function consent(collectedAt: string, change: { purpose?: string; state?: 'granted' | 'withdrawn' } = {}) {
  return {
    purpose: 'newsletter',
    channel: 'email' as const,
    state: 'granted' as 'granted' | 'withdrawn',
    evidence: { source: 'form', collectedAt, text: 'I agree.', textVersion: '1' },
    ...change,
  }
}

const statesOf = async ({ api }: TestAccount, contactId: string) =>
  Object.fromEntries((await api.consents.list(contactId)).data.map(({ purpose, state }) => [purpose, state]))

test('a contact is created with its consents, and their proof', async ({ account }) => {
  await purposeOf(account)
  const { id } = await account.api.contacts.create({
    email: 'ada@example.com',
    consents: [consent('2026-01-01T10:00:00Z')],
  })
  expect((await account.api.consents.list(id)).data).toMatchObject([
    {
      state: 'granted',
      evidence: { source: 'form', text: 'I agree.', collectedAt: '2026-01-01T10:00:00.000Z' },
    },
  ])
  expect(await account.api.consents.integrity()).toMatchObject({ verified: true, lines: 1 })
})

test('who was erased comes back with a consent given since, and with no other', async ({
  account,
  drain,
}) => {
  const { api } = account
  await purposeOf(account)
  const email = 'ada@example.com'
  await api.contacts.delete((await api.contacts.create({ email })).id)
  await drain()
  const before = [consent('2026-01-01T10:00:00Z')]
  expect(await refusal(api.contacts.create({ email, consents: before }))).toMatchObject({
    code: 'contact_erased',
  })
  const no = [consent(new Date().toISOString(), { state: 'withdrawn' })]
  expect(await refusal(api.contacts.create({ email, consents: no }))).toMatchObject({
    code: 'contact_erased',
  })
  const since = [consent(new Date().toISOString())]
  const { results } = await api.contacts.batch({
    contacts: [{ email }, { email, consents: before }, { email, consents: since }],
    onConflict: 'update',
  })
  expect(results.map(({ status, errors }) => [status, errors?.[0]?.code])).toEqual([
    ['rejected', 'contact_erased'],
    ['rejected', 'contact_erased'],
    ['created', undefined],
  ])
  await api.contacts.delete(results[2]?.id ?? '')
  const again = await api.contacts.upsertByEmail(email, { consents: [consent(new Date().toISOString())] })
  expect(await statesOf(account, again.id)).toEqual({ newsletter: 'granted' })
})

test('a batch records what each item says, in order, and tells which consents came too late', async ({
  account,
}) => {
  const { api } = account
  await purposeOf(account)
  await purposeOf(account, 'offers')
  const item = (email: string, ...consents: ReturnType<typeof consent>[]) => ({ email, consents })
  const { results } = await api.contacts.batch({
    contacts: [
      item(
        'ada@example.com',
        consent('2026-01-01T10:00:00Z'),
        consent('2026-01-01T10:00:00Z', { purpose: 'offers' }),
      ),
      item('ada@example.com', consent('2026-03-01T10:00:00Z', { state: 'withdrawn' })),
      item('ada@example.com', consent('2026-02-01T10:00:00Z')),
      item('bob@example.com', consent('2026-01-01T10:00:00Z', { purpose: 'nothing' })),
      item('eve@example.com', consent('2026-01-01T10:00:00Z')),
    ],
    onConflict: 'update',
  })
  expect(results.map(({ status, errors }) => [status, errors?.map(({ pointer }) => pointer)])).toEqual([
    ['created', undefined],
    ['unchanged', undefined],
    ['unchanged', ['/contacts/2/consents/0/evidence/collectedAt']],
    ['rejected', ['/contacts/3/consents/0/purpose']],
    ['created', undefined],
  ])
  expect(await statesOf(account, results[0]?.id ?? '')).toEqual({
    newsletter: 'withdrawn',
    offers: 'granted',
  })
  expect(await statesOf(account, results[4]?.id ?? '')).toEqual({ newsletter: 'granted' })
})

test('a consent that is older than the no refuses the whole change', async ({ account }) => {
  const { api } = account
  await purposeOf(account)
  const no = consent('2026-03-01T10:00:00Z', { state: 'withdrawn' })
  const { id } = await api.contacts.create({ email: 'ada@example.com', consents: [no] })
  const late = { firstName: 'Ada', consents: [consent('2026-02-01T10:00:00Z')] }
  expect(await refusal(api.contacts.upsertByEmail('ada@example.com', late))).toEqual({
    code: 'invalid',
    at: ['/consents/0/evidence/collectedAt'],
  })
  expect((await api.contacts.get(id)).firstName).toBeNull()
})

test('each consent that cannot be recorded is told, and needs the permission', async ({ account }) => {
  await purposeOf(account)
  const consents = [
    consent('2999-01-01T10:00:00Z'),
    { ...consent('2026-01-01T10:00:00Z'), channel: 'sms' as const },
    { ...consent('2026-01-01T10:00:00Z'), evidence: { source: 'form', collectedAt: '2026-01-01T10:00:00Z' } },
  ]
  expect(await refusal(account.api.contacts.create({ email: 'ada@example.com', consents }))).toEqual({
    code: 'invalid',
    at: ['/consents/0/evidence/collectedAt', '/consents/1/channel', '/consents/2/evidence/text'],
  })
  const writer = await account.as({ permissions: ['contacts:write'] })
  const sound = { email: 'ada@example.com', consents: [consent('2026-01-01T10:00:00Z')] }
  for (const call of [
    () => writer.contacts.create(sound),
    () => writer.contacts.upsertByEmail(sound.email, { consents: sound.consents }),
    () => writer.contacts.batch({ contacts: [sound], onConflict: 'update' }),
  ])
    expect(await refusal(call())).toMatchObject({ code: 'permission_missing' })
  expect((await account.api.contacts.list()).data).toEqual([])
})
