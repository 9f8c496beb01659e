import type { NewPurpose } from '@envoi/core/purposes/create-purpose'
import { newsletter, verifiedSender } from '../support/audience.ts'
import { expect, type TestAccount, type TestServer, test } from '../support/recorded.ts'

interface Scene {
  server: TestServer
  account: TestAccount
  drain: () => Promise<void>
}

/** A purpose whose mail leaves unless the person said no. */
const customers: NewPurpose = {
  key: 'customers',
  name: 'Offers to customers',
  description: 'What resembles what they bought.',
  legalBasis: 'legitimate_interests',
  assessment: 'LIA-1',
  eprivacyGround: 'soft_opt_in',
  channels: ['email', 'sms'],
  retention: 'P3Y',
  policyText: 'We write to our customers.',
  policyVersion: '1',
}

type Consent = Parameters<TestAccount['api']['consents']['record']>[1]

const say = (state: Consent['state'], collectedAt: string, channel: Consent['channel'] = 'email') => ({
  purpose: 'customers',
  channel,
  state,
  evidence: { source: 'form', collectedAt, text: 'I agree.', textVersion: '1' },
})

async function importAddresses({ account, drain }: Scene, emails: string[], list: string): Promise<void> {
  const { id } = await account.api.imports.create({
    format: 'csv',
    columns: { Email: 'email' },
    onConflict: 'update',
    origin: { source: 'old file' },
    lists: [list],
  })
  await account.api.imports.upload(id, ['Email', ...emails].join('\n'))
  await drain()
}

/** What a campaign to a list comes to: how many mails have left, and why the others have not. */
async function mailTo({ server, account, drain }: Scene, list: string) {
  const { id } = await account.api.campaigns.create({
    name: 'November',
    channel: 'email',
    purpose: 'customers',
    lists: [list],
    sender: await verifiedSender(server, account),
    content: newsletter,
  })
  await account.api.campaigns.send(id)
  await drain()
  const { sent, reasons } = (await account.api.campaigns.get(id)).counts
  return { sent, reasons }
}

/** Erases who has an address as no longer needed, and imports the address again, with that of somebody who never said no. */
async function comeBack(scene: Scene, contactId: string, email: string) {
  const { api } = scene.account
  await api.contacts.delete(contactId, { reason: 'cleanup' })
  await scene.drain()
  const list = await api.lists.create({ name: 'Back' })
  await importAddresses(scene, [email, 'eve@example.com'], list.id)
  return list.id
}

test('an address that was suppressed gets no mail when it is erased and comes back by an import', async ({
  server,
  account,
  drain,
}) => {
  const { api } = account
  await api.purposes.create(customers)
  const ada = await api.contacts.create({ email: 'ada@example.com' })
  await api.suppressions.create({ channel: 'email', value: 'ada@example.com', reason: 'complaint' })
  const list = await comeBack({ server, account, drain }, ada.id, 'ada@example.com')
  expect(await mailTo({ server, account, drain }, list)).toEqual({ sent: 1, reasons: { suppressed: 1 } })
})

test('who objected or unsubscribed gets no mail when erased for cleanup and imported again', async ({
  server,
  account,
  drain,
}) => {
  const { api } = account
  await api.purposes.create(customers)
  const ada = await api.contacts.create({ email: 'ada@example.com' })
  const bob = await api.contacts.create({ email: 'bob@example.com' })
  const evidence = { source: 'letter', collectedAt: '2026-01-01T00:00:00Z' }
  await api.objections.create(ada.id, { kind: 'marketing', evidence })
  await api.consents.record(bob.id, say('withdrawn', '2026-01-01T00:00:00Z'))
  for (const { id } of [ada, bob]) await api.contacts.delete(id, { reason: 'cleanup' })
  await drain()
  expect((await api.suppressions.list()).data.map(({ value, purpose }) => [value, purpose]).sort()).toEqual([
    [null, null],
    [null, 'customers'],
  ])

  const { id: list } = await api.lists.create({ name: 'Back' })
  await importAddresses(
    { server, account, drain },
    ['ada', 'bob', 'eve'].map((name) => `${name}@example.com`),
    list,
  )
  expect(await mailTo({ server, account, drain }, list)).toEqual({ sent: 1, reasons: { suppressed: 2 } })
})

test('only a yes that is later than the no opens the purpose again', async ({ server, account, drain }) => {
  const { api } = account
  await api.purposes.create(customers)
  const bob = await api.contacts.create({ email: 'bob@example.com' })
  await api.consents.record(bob.id, say('withdrawn', '2026-02-01T00:00:00Z'))
  const list = await comeBack({ server, account, drain }, bob.id, 'bob@example.com')
  const [back] = (await api.contacts.list({ email: 'bob@example.com' })).data
  await api.consents.record(back?.id ?? '', say('granted', '2026-01-01T00:00:00Z'))
  expect(await mailTo({ server, account, drain }, list)).toEqual({ sent: 1, reasons: { suppressed: 1 } })

  await api.consents.record(back?.id ?? '', say('granted', '2026-03-01T00:00:00Z'))
  expect(await mailTo({ server, account, drain }, list)).toEqual({ sent: 2, reasons: {} })
})

test('a suppressed phone stays barred for who shares it with the person that was erased', async ({
  account,
  drain,
}) => {
  const { api } = account
  const phone = '+33612345678'
  const ada = await api.contacts.create({ email: 'ada@example.com', phone })
  const twin = await api.contacts.create({ email: 'twin@example.com', phone })
  const { id } = await api.suppressions.create({ channel: 'sms', value: phone, reason: 'manual' })
  await api.contacts.delete(ada.id)
  await drain()
  expect((await api.suppressions.get(id)).value).toBe(phone)
  await api.contacts.delete(twin.id)
  await drain()
  expect((await api.suppressions.get(id)).value).toBeNull()
})
