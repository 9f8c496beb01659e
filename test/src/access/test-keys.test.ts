/** What is done with a test key runs, and nothing leaves (docs/decisions/0036-test-keys.md). */
import { applicant } from '../consents/applicants.ts'
import { campaignTo, verifiedSender } from '../support/audience.ts'
import { test as base, describe, expect, type TestAccount } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { confirmOwner } from '../users/people.ts'

const test = base.extend<{ home: TestAccount; tester: TestAccount }>({
  home: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
  /** The same account, by a test key. */
  tester: [
    async ({ home }, use) => {
      const { key } = await home.api.apiKeys.create({ name: 'test', role: 'owner', mode: 'test' })
      await use({ ...home, api: home.api.with(key), accessToken: key })
    },
    { scope: 'file' },
  ],
})

describe('a test key', () => {
  test('shows what it is, and makes test keys only', async ({ home, tester }) => {
    expect(tester.accessToken).toMatch(/^envoi_test_[0-9A-Za-z]{27}_[0-9A-Za-z]{6}$/)
    const rest = { name: 'more', role: 'analyst' } as const
    const made = await tester.api.apiKeys.create(rest)
    expect([made.mode, made.key.startsWith('envoi_test_')]).toEqual(['test', true])
    expect(await refusal(tester.api.apiKeys.create({ ...rest, mode: 'live' }))).toEqual({
      code: 'invalid',
      at: ['/mode'],
    })
    expect((await home.api.apiKeys.create(rest)).mode).toBe('live')
  })

  test('sends a campaign whose every message ends in the sink', async ({
    server,
    home,
    tester,
    mail,
    drain,
  }) => {
    const { id, contacts } = await campaignTo(server, home, 3)
    const { db } = server.platform
    expect((await tester.api.campaigns.send(id)).testMode).toBe(true)
    await drain()
    const campaign = await home.api.campaigns.get(id)
    expect(campaign).toMatchObject({ status: 'sent', testMode: true, counts: { sink: 3, sent: 0 } })
    expect(campaign.progress).toEqual({ done: 3, total: 3 })
    const { data } = await home.api.campaigns.messages(id, { state: 'sink' })
    expect(data.map(({ sentAt, attempts }) => [sentAt, attempts])).toEqual(Array(3).fill([null, 1]))
    for (const { email } of contacts) expect(mail.to(email)).toEqual([])
    // nobody has been written to
    const reached = { accountId: home.id, lastSentAt: { not: null } }
    expect(await db.contact.count({ where: reached })).toBe(0)
  })

  test('schedules a campaign that goes to the sink when its time has come', async ({
    server,
    home,
    tester,
    mail,
    drain,
  }) => {
    const { clock } = server.platform
    const { id, contacts } = await campaignTo(server, home, 1)
    const at = new Date(clock.now().getTime() + 60_000).toISOString()
    await tester.api.campaigns.schedule(id, { at })
    clock.advance(61_000)
    await drain()
    expect(await home.api.campaigns.get(id)).toMatchObject({ status: 'sent', counts: { sink: 1, sent: 0 } })
    expect(mail.to(contacts[0]?.email ?? '')).toEqual([])
  })

  test('uses up no quota', async ({ server, drain }) => {
    const account = await server.openAccount()
    await server.platform.db.account.update({ where: { id: account.id }, data: { dailyQuota: 1 } })
    const { key } = await account.api.apiKeys.create({ name: 'test', role: 'owner', mode: 'test' })
    const { id } = await campaignTo(server, account, 3)
    await account.api.with(key).campaigns.send(id)
    await drain()
    expect((await account.api.campaigns.get(id)).counts).toMatchObject({ sink: 3, queued: 0 })
    const { allowance } = server.platform.db
    expect(await allowance.findMany({ where: { accountId: account.id, name: 'day' } })).toEqual([])
  })

  test('resumes a campaign of test mode, which stays one whoever resumes it', async ({
    server,
    home,
    tester,
    mail,
    drain,
  }) => {
    const { id, contacts } = await campaignTo(server, home, 1)
    await tester.api.campaigns.send(id)
    await tester.api.campaigns.pause(id)
    await tester.api.campaigns.resume(id)
    await home.api.campaigns.pause(id)
    await home.api.campaigns.resume(id)
    await drain()
    expect((await home.api.campaigns.get(id)).counts).toMatchObject({ sink: 1, sent: 0 })
    expect(mail.to(contacts[0]?.email ?? '')).toEqual([])
  })

  test('lets no mail leave that asks for a confirmation, nor a test, nor an invitation', async ({
    server,
    home,
    tester,
    mail,
    drain,
  }) => {
    const { db } = server.platform
    await confirmOwner({ server, account: home })
    await verifiedSender(server, home)
    const seen = [mail.received.length, mail.toUsers.length]
    const bob = await applicant({ server, account: tester })
    const { id } = await campaignTo(server, home, 1)
    await tester.api.campaigns.test(id, { to: [home.ownerEmail] })
    const grace = { email: 'grace@example.com', firstName: 'Grace', lastName: 'Hopper' }
    await tester.api.users.create({ ...grace, role: 'analyst' })
    const imported = await tester.api.imports.create({
      format: 'csv',
      columns: { Email: 'email' },
      onConflict: 'update',
      origin: { source: 'fair' },
      consents: [
        {
          purpose: bob.purpose,
          channel: 'email',
          state: 'granted',
          evidence: { source: 'form', collectedAt: new Date().toISOString(), text: 'Yes', textVersion: '1' },
        },
      ],
    })
    await tester.api.imports.upload(imported.id, 'Email\nfair@example.com\n')
    await drain()
    expect([mail.received.length, mail.toUsers.length]).toEqual(seen)
    const where = { accountId: home.id, testMode: true }
    const asked = await db.systemMail.findMany({ where })
    expect(asked.map(({ state, sentAt }) => [state, sentAt])).toEqual(Array(2).fill(['sink', null]))
    expect(await db.userMail.findMany({ where, select: { kind: true, state: true } })).toEqual([
      { kind: 'users.invite', state: 'sink' },
    ])
  })
})

test('the same with a live key leaves: the sink takes nothing else', async ({
  server,
  home,
  mail,
  drain,
}) => {
  const { id, contacts } = await campaignTo(server, home, 1)
  await home.api.campaigns.send(id)
  await drain()
  expect(await home.api.campaigns.get(id)).toMatchObject({ testMode: false, counts: { sent: 1, sink: 0 } })
  expect(mail.to(contacts[0]?.email ?? '')).toHaveLength(1)
})
