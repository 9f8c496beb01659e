/** What the platform does with a row that was changed by hand does not make it one of its own. */
import { advanceClosures } from '@envoi/core/account-closure/advance-closures'
import { drain } from '@envoi/workers'
import * as make from '../contract/make.ts'
import { expect, test } from '../support/fixture.ts'
import { day, looking, never, seal, sql } from './rows-by-hand.ts'

const at = (instant: Date) => instant.toISOString()

test('a suppression that was backdated, and is lifted by an old consent', async ({ server, account }) => {
  const { look, owner } = await looking(account)
  const purpose = await make.purpose({ server, account })
  const value = 'ada@example.com'
  const { id: contact } = await owner.contacts.create({ email: value })
  const { id } = await owner.suppressions.create({
    channel: 'email',
    value,
    reason: 'unsubscribe',
    purpose,
  })
  await seal(server)
  await sql(server, `update suppression set created_at = '2001-01-01' where id = $1`, id)
  await owner.consents.record(contact, {
    purpose,
    channel: 'email',
    state: 'granted',
    evidence: { ...make.evidence(), collectedAt: '2002-01-01T00:00:00Z' },
  })
  expect((await owner.suppressions.list()).data).toEqual([])
  expect(await look()).toMatchObject({ breaks: 1, firstBreak: { problem: 'record_removed', id } })
})

test('a suppression that was moved to another purpose, and whose contact is erased', async ({
  server,
  account,
}) => {
  const { look, owner } = await looking(account)
  const value = 'ada@example.com'
  const contact = await owner.contacts.create({ email: value })
  const { id } = await owner.suppressions.create({ channel: 'email', value, reason: 'manual' })
  await sql(server, `update suppression set purpose_key = 'other' where id = $1`, id)
  await owner.contacts.delete(contact.id, { reason: 'cleanup' })
  await drain(server.platform)
  expect(await look()).toMatchObject({ breaks: 1, firstBreak: { problem: 'record_changed', id } })
  await owner.contacts.create({ email: value })
  expect(await look()).toMatchObject({ breaks: 1, firstBreak: { problem: 'record_changed', id } })
})

test('an erasure that nobody has asked for', async ({ server, account }) => {
  const { look, owner } = await looking(account)
  const { id: contact } = await owner.contacts.create({ email: 'ada@example.com' })
  const erasure = await owner.contacts.delete(contact)
  const put = server.platform.newId()
  await sql(
    server,
    `insert into erasure (account_id, id, contact_id, subject, reason, status, requested_at, deleted, replaced, out_of_reach)
       select account_id, $2, contact_id, subject, reason, status, requested_at, deleted, replaced, out_of_reach from erasure where id = $1`,
    erasure.id,
    put,
  )
  await drain(server.platform)
  const rows = await server.platform.db.erasure.findMany({ where: { accountId: account.id } })
  expect(new Map(rows.map(({ id, status }) => [id, status]))).toEqual(
    new Map([
      [erasure.id, 'completed'],
      [put, 'running'],
    ]),
  )
  expect(await look()).toMatchObject({ breaks: 1, firstBreak: { problem: 'record_inserted', id: put } })
})

test('a retention, into which the account merges another', async ({ server, account }) => {
  const { look, owner } = await looking(account)
  await sql(server, `update account set retention = '{"audit": "P6M"}' where id = $1`, account.id)
  await owner.account.update({ retention: { default: 'P2Y' } })
  expect(await look()).toMatchObject({
    breaks: 1,
    firstBreak: { problem: 'record_changed', kind: 'retention' },
  })
})

const forged: [string, (now: Date) => [string, ...unknown[]]][] = [
  ['whose day was brought forward', (now) => ['closes_at = $2', at(now)]],
  [
    'that is said to be under way',
    (now) => [`status = 'archiving', archiving_at = $2`, at(new Date(now.getTime() - day))],
  ],
]
for (const [name, change] of forged)
  test(`a closing ${name}`, async ({ server, account }) => {
    const { platform } = server
    await make.closing({ server, account })
    const { closesAt } = await platform.db.accountClosure.findFirstOrThrow({
      where: { accountId: account.id },
    })
    const [set, ...values] = change(platform.clock.now())
    await sql(server, `update account_closure set ${set} where account_id = $1`, account.id, ...values)
    await advanceClosures(platform, never)
    const { status } = await platform.db.account.findUniqueOrThrow({ where: { id: account.id } })
    expect(status).toBe('closing')
    expect(
      await platform.db.accountClosure.findFirst({ where: { accountId: account.id, sealedAt: null } }),
    ).not.toBeNull()
    await sql(server, 'update account_closure set closes_at = $2 where account_id = $1', account.id, closesAt)
  })

test('a closing that was called back, and goes on', async ({ server, account }) => {
  await make.closing({ server, account })
  await account.api.accountClosure.cancel()
  await sql(server, `update account_closure set status = 'cooling' where account_id = $1`, account.id)
  server.platform.clock.advance(60 * day)
  await advanceClosures(server.platform, never)
  const { status } = await server.platform.db.account.findUniqueOrThrow({ where: { id: account.id } })
  expect(status).toBe('active')
  await sql(server, `update account_closure set status = 'cancelled' where account_id = $1`, account.id)
})
