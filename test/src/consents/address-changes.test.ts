/** A yes was given for an address, and does not go to another one with the contact; a no does. */
import { importFile } from '../imports/support.ts'
import { campaignTo } from '../support/audience.ts'
import { newsletterPurpose } from '../support/newsletter-purpose.ts'
import { expect, type TestAccount, test } from '../support/recorded.ts'
import { refusal } from '../support/refusal.ts'

type Api = TestAccount['api']

const yes = (channel: 'email' | 'sms' = 'email', collectedAt = '2026-01-05T10:00:00.000Z') => ({
  purpose: 'newsletter',
  channel,
  state: 'granted' as const,
  evidence: { source: 'form', collectedAt, text: 'I agree.', textVersion: '1' },
})
const no = () => ({ ...yes(), state: 'withdrawn' as const })

async function given(api: Api, change: object = {}) {
  await api.purposes.create({
    key: 'newsletter',
    ...newsletterPurpose,
    channels: ['email', 'sms'],
    ...change,
  })
  const { id } = await api.contacts.create({
    externalId: 'c-1',
    email: 'ada@old.example',
    phone: '+33612345678',
    consents: [yes(), yes('sms')],
  })
  return id
}

const statesOf = async (api: Api, id: string) =>
  Object.fromEntries((await api.consents.list(id)).data.map(({ channel, state }) => [channel, state]))

const moved = { externalId: 'c-1', email: 'ada@new.example', phone: '+33687654321' }

type Fixture = { account: TestAccount; drain: () => Promise<void> }
const columns = { Ref: 'externalId', Email: 'email', Phone: 'phone' } as const
const file = `Ref,Email,Phone\nc-1,${moved.email},${moved.phone}\n`
const ways: [string, (on: Fixture, id: string, consents?: ReturnType<typeof yes>[]) => Promise<unknown>][] = [
  [
    'an upsert by external id',
    ({ account: { api } }, _, consents) =>
      api.contacts.upsertByExternalId('c-1', { email: moved.email, phone: moved.phone, consents }),
  ],
  [
    'a batch',
    ({ account: { api } }, _, consents) =>
      api.contacts.batch({ contacts: [{ ...moved, consents }], onConflict: 'update' }),
  ],
  ['an import', (on, _, consents) => importFile(on, file, { columns, consents })],
  ['a patch', ({ account: { api } }, id) => api.contacts.update(id, moved)],
]

for (const [way, change] of ways) {
  test(`consents lapse when ${way} gives the contact other addresses, and the ledger says why`, async ({
    account,
    drain,
  }) => {
    const { api } = account
    const id = await given(api)
    await change({ account, drain }, id)
    expect(await statesOf(api, id)).toEqual({ email: 'lapsed', sms: 'lapsed' })
    const { data, integrity } = await api.consents.history(id)
    expect(data.slice(0, 2)).toMatchObject([
      { state: 'lapsed', evidence: { source: 'change of address' } },
      { state: 'lapsed', evidence: { source: 'change of address' } },
    ])
    expect(integrity.verified).toBe(true)
  })

  if (way !== 'a patch')
    test(`a consent that comes in the same ${way.split(' ')[1]} as the new address counts for it`, async ({
      account,
      drain,
    }) => {
      const { api } = account
      const id = await given(api)
      await change({ account, drain }, id, [yes('email', '2026-02-01T08:00:00.000Z')])
      expect(await statesOf(api, id)).toEqual({ email: 'granted', sms: 'lapsed' })
    })
}

test('an address that is written in another way is the same', async ({ account: { api } }) => {
  const id = await given(api)
  await api.contacts.update(id, { email: 'Ada@OLD.example ', phone: '+33 6 12 34 56 78', firstName: 'Ada' })
  expect(await statesOf(api, id)).toEqual({ email: 'granted', sms: 'granted' })
})

test('an older proof does not bring it back, the person’s next yes does, and their former address does not', async ({
  account: { api },
}) => {
  const id = await given(api)
  await api.contacts.update(id, { email: moved.email })
  expect(await refusal(api.consents.record(id, yes('email', '2026-02-01T08:00:00.000Z')))).toMatchObject({
    at: ['/evidence/collectedAt'],
  })
  await api.contacts.update(id, { email: 'ada@old.example' })
  expect(await statesOf(api, id)).toEqual({ email: 'lapsed', sms: 'granted' })
  await api.consents.record(id, yes('email', new Date().toISOString()))
  expect(await statesOf(api, id)).toEqual({ email: 'granted', sms: 'granted' })
})

test('the yes to be tracked lapses with the mailbox, and so does one that waits for its confirmation', async ({
  account: { api },
}) => {
  const id = await given(api, { doubleOptIn: true })
  const { evidence } = yes()
  await api.tracking.record(id, { state: 'granted', evidence })
  expect(await statesOf(api, id)).toMatchObject({ email: 'pending' })
  await api.contacts.update(id, { email: moved.email })
  expect(await statesOf(api, id)).toMatchObject({ email: 'lapsed' })
  expect((await api.tracking.get(id)).state).toBe('unknown')
  expect(await refusal(api.tracking.record(id, { state: 'granted', evidence }))).toMatchObject({
    at: ['/evidence/collectedAt'],
  })
  expect(await api.consents.integrity()).toMatchObject({ verified: true })
})

test('what the person refused, withdrew, objected to or complained of goes with them', async ({
  account: { api },
}) => {
  const id = await given(api, {
    eprivacyGround: 'soft_opt_in',
    legalBasis: 'legitimate_interests',
    assessment: 'LIA-1',
  })
  const { evidence } = yes()
  await api.consents.record(id, no())
  // a later yes, of the mailbox that the person has left
  await api.consents.record(id, yes('email', '2026-03-01T08:00:00.000Z'))
  await api.tracking.record(id, { state: 'refused', evidence })
  await api.objections.create(id, { kind: 'profiling', evidence })
  await api.suppressions.create({ channel: 'email', value: 'ada@old.example', reason: 'complaint' })
  await api.suppressions.create({ channel: 'sms', value: '+33612345678', reason: 'manual' })
  await api.contacts.update(id, moved)
  expect(await statesOf(api, id)).toEqual({ email: 'withdrawn', sms: 'lapsed' })
  expect((await api.contacts.get(id)).objections).toEqual(['profiling'])
  expect((await api.tracking.get(id)).state).toBe('refused')
  const values = (await api.suppressions.list()).data.map(({ value }) => value)
  // that nobody may write to a number was said of the number
  expect(values.sort()).toEqual(['+33612345678', 'ada@new.example', 'ada@old.example'])
})

test('no message leaves for an address that nobody agreed for, whatever has written it', async ({
  server,
  account,
  mail,
  drain,
}) => {
  mail.clear()
  const { id, contacts } = await campaignTo(server, account, 3)
  await account.api.campaigns.send(id)
  await account.api.contacts.update(contacts[0]?.id ?? '', { email: 'somebody@new.example' })
  await server.platform.direct.query("update contact set email = 'another@new.example' where id = $1", [
    contacts[1]?.id,
  ])
  await drain()
  expect(mail.received.flatMap(({ to }) => to)).toEqual([contacts[2]?.email])
  expect((await account.api.campaigns.get(id)).counts.reasons).toEqual({ consent_lapsed: 2 })
})

test('a mark that was moved to the new address by hand is seen', async ({ server, account: { api } }) => {
  const id = await given(api)
  await server.platform.direct.query(
    "update consent set address_mark = envoi_address_mark(contact_id, 'x@y.example') where contact_id = $1 and channel = 'email'",
    [id],
  )
  expect((await api.consents.history(id)).integrity.verified).toBe(false)
})
