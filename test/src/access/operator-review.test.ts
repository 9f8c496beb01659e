/** What the operator decides about accounts, and what it does to them at once. */
import { campaignTo } from '../support/audience.ts'
import { approve, expect, test } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { userWith } from '../users/people.ts'

const reason = 'Complaints above 0.3 % for a week.'
const suspended = { code: 'account_suspended' }

test('a suspended account sends nothing, and may do no more than export what it holds', async ({
  server: { operator },
  account,
}) => {
  const { api } = account
  const key = await account.as({ role: 'owner' })
  const contact = await api.contacts.create({ email: 'ada@example.com' })
  expect(await operator.operator.suspendAccount(account.id, { reason })).toMatchObject({
    status: 'suspended',
    statusReason: reason,
  })
  for (const client of [api, key]) {
    expect(await refusal(client.contacts.create({ email: 'grace@example.com' }))).toMatchObject(suspended)
    expect(await refusal(client.campaigns.list())).toMatchObject(suspended)
    expect(await refusal(client.contacts.delete(contact.id))).toMatchObject(suspended)
    expect((await client.contacts.list()).data.map(({ id }) => id)).toEqual([contact.id])
    expect(await client.contacts.export(contact.id)).toContain('ada@example.com')
    expect((await client.account.get()).statusReason).toBe(reason)
  }
  // a session can still be opened, to export, and ended
  await account.login()
  expect(await operator.operator.reopenAccount(account.id)).toMatchObject({
    status: 'active',
    statusReason: null,
  })
  await key.contacts.create({ email: 'grace@example.com' })
})

test('while suspended, who may read or export can leave with the data and the record of what was done; nobody else can more', async ({
  server,
  account,
}) => {
  const dpo = await userWith({ server, account }, { role: 'dpo' })
  const marketer = await userWith({ server, account })
  const contact = await account.api.contacts.create({ email: 'ada@example.com' })
  await server.operator.operator.suspendAccount(account.id, { reason })
  expect(await dpo.api.contacts.export(contact.id)).toContain('ada@example.com')
  expect(await new Response(await dpo.api.auditEvents.export()).text()).toContain('contacts.create')
  expect((await dpo.api.auditEvents.list()).data.slice(0, 2).map(({ action }) => action)).toEqual([
    'auditEvents.export',
    'contacts.export',
  ])
  expect((await dpo.api.verification.get()).status).toBe('suspended')
  // what a role may not do it may not do now either
  expect(await refusal(marketer.api.auditEvents.list())).toMatchObject({ code: 'permission_missing' })
  expect(await refusal(marketer.api.contacts.batch({ contacts: [], onConflict: 'skip' }))).toMatchObject(
    suspended,
  )
})

test('a campaign under way stops with its account, and goes on where it was', async ({
  server,
  account,
  mail,
  drain,
}) => {
  const { id } = await campaignTo(server, account, 5)
  await account.api.campaigns.send(id)
  await server.operator.operator.suspendAccount(account.id, { reason })
  await drain()
  expect(mail.received).toEqual([])
  await server.operator.operator.reopenAccount(account.id)
  expect((await account.api.campaigns.get(id)).status).toBe('sending')
  server.platform.clock.advance(6 * 60_000)
  await drain()
  expect(mail.received).toHaveLength(5)
  const { api } = await account.login().then(({ accessToken }) => ({ api: account.api.with(accessToken) }))
  expect(await api.campaigns.get(id)).toMatchObject({ status: 'sent', counts: { sent: 5 } })
})

test('a refused account gets back on trial only', async ({ server }) => {
  const { operator } = server.operator
  const { id, api } = await server.openAccount({ trial: true })
  expect((await operator.refuseAccount(id, { reason: 'No such company.' })).status).toBe('refused')
  expect(await refusal(api.contacts.create({ email: 'ada@example.com' }))).toMatchObject(suspended)
  expect(await refusal(operator.approveAccount(id))).toMatchObject({ code: 'conflict' })
  expect(await operator.reopenAccount(id)).toMatchObject({ status: 'trial', quotas: { dailyMessages: 50 } })
  expect(await approve(server.operator, id)).toMatchObject({
    status: 'active',
    quotas: { dailyMessages: null },
  })
  expect(await refusal(operator.refuseAccount(id, { reason }))).toMatchObject({ code: 'conflict' })
})

test('who was suspended on trial is on trial again', async ({ server }) => {
  const { operator } = server.operator
  const { id } = await server.openAccount({ trial: true })
  await operator.suspendAccount(id, { reason })
  expect(await refusal(operator.refuseAccount(id, { reason }))).toMatchObject({ code: 'conflict' })
  expect((await operator.reopenAccount(id)).status).toBe('trial')
})

test('an approval against a suspension ends as if one had come after the other', async ({ server }) => {
  const { operator } = server.operator
  for (let n = 0; n < 5; n += 1) {
    const { id } = await server.openAccount({ trial: true })
    const [approval, suspension] = await Promise.allSettled([
      approve(server.operator, id),
      operator.suspendAccount(id, { reason }),
    ])
    expect(suspension.status).toBe('fulfilled')
    const reopened = await operator.reopenAccount(id)
    expect(reopened.status).toBe(approval.status === 'fulfilled' ? 'active' : 'trial')
  }
})

test('each verdict is on record, with the operator as its actor; the reason is not', async ({
  server: { operator },
  account,
}) => {
  await operator.operator.suspendAccount(account.id, { reason })
  await operator.operator.reopenAccount(account.id)
  const { data } = await account.api.auditEvents.list()
  const verdicts = data.filter(({ actor }) => actor.type === 'operator')
  expect(verdicts.map(({ action }) => action)).toEqual([
    'operator.reopenAccount',
    'operator.suspendAccount',
    'operator.approveAccount',
  ])
  expect(JSON.stringify(data)).not.toContain('Complaints')
})
