/**
 * Rows that are promises cannot be changed with rights on the database alone without being named: not the rows, not the entries
 * about them.
 */
import { pruneAudit } from '@envoi/core/audit/prune-audit'
import { sealAudit } from '@envoi/core/audit/seal-audit'
import { verifyLogs } from '@envoi/core/integrity/verify-logs'
import { sealRecords } from '@envoi/core/records/seal-records'
import { acceptLogs } from '@envoi/core/seals/accept-logs'
import { drain } from '@envoi/workers'
import * as make from '../contract/make.ts'
import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { until } from '../support/until.ts'
import { day, looking, never, seal, sql } from './rows-by-hand.ts'

/** A suppression of each origin that people and servers bring about, and one that was lifted. */
async function objecting(server: TestServer, account: TestAccount) {
  const { api } = account
  const gone = await api.suppressions.create({
    channel: 'email',
    value: 'gone@example.com',
    reason: 'manual',
  })
  await api.suppressions.delete(gone.id)
  const ada = await api.suppressions.create({
    channel: 'email',
    value: 'ada@example.com',
    reason: 'unsubscribe',
  })
  const bob = await api.suppressions.create({ channel: 'sms', value: '+33612345678', reason: 'manual' })
  await seal(server)
  return { ada, bob, gone }
}

describe('a suppression that somebody touches in the database is named:', () => {
  const ways: [string, string, string][] = [
    ['removed', 'delete from suppression where id = $1', 'record_removed'],
    [
      'moved to another purpose',
      `update suppression set purpose_key = 'newsletter' where id = $1`,
      'record_changed',
    ],
    ['made to bar nobody', 'update suppression set value = null where id = $1', 'record_changed'],
    [
      'given another address',
      `update suppression set value = 'x@example.com' where id = $1`,
      'record_changed',
    ],
    [
      'backdated, so that an old consent lifts it',
      `update suppression set created_at = '2001-01-01' where id = $1`,
      'record_changed',
    ],
  ]
  for (const [name, change, problem] of ways)
    test(name, async ({ server, account }) => {
      const { look } = await looking(account)
      const { ada } = await objecting(server, account)
      expect(await look()).toMatchObject({ breaks: 0, firstBreak: null })
      await sql(server, change, ada.id)
      expect(await look()).toMatchObject({
        breaks: 1,
        firstBreak: { problem, kind: 'suppression', id: ada.id, seal: null },
      })
    })

  test('put in, or put back after it was lifted', async ({ server, account }) => {
    const { look } = await looking(account)
    const { ada, gone } = await objecting(server, account)
    const copy = `insert into suppression select account_id, $2, channel, sha256(id::text::bytea), value, reason, purpose_key, created_at from suppression where id = $1`
    const put = server.platform.newId()
    await sql(server, copy, ada.id, put)
    await sql(server, copy, ada.id, gone.id).catch(() => undefined)
    expect(await look()).toMatchObject({ breaks: 1, firstBreak: { problem: 'record_inserted', id: put } })
    await sql(server, 'update suppression set id = $2 where id = $1', put, gone.id)
    expect(await look()).toMatchObject({ breaks: 1, firstBreak: { problem: 'record_inserted', id: gone.id } })
  })
})

test('an entry cannot be taken away, nor an earlier one be put in its place', async ({ server, account }) => {
  const { look } = await looking(account)
  const { ada, bob, gone } = await objecting(server, account)
  // the entry that says that it is gone, once more, as the newest about another
  await sql(server, 'delete from suppression where id = $1', bob.id)
  await sql(
    server,
    `insert into record_entry
     select account_id, $3, kind, $1, 2, hash from record_entry where subject_id = $2 and version = 2`,
    bob.id,
    gone.id,
    server.platform.newId(),
  )
  expect(await look()).toMatchObject({ breaks: 1, firstBreak: { problem: 'record_removed', id: bob.id } })
  // with all that is said of it
  await sql(server, 'delete from suppression where id = $1', ada.id)
  await sql(server, 'delete from record_entry where subject_id = $1', ada.id)
  expect(await look()).toMatchObject({
    breaks: 2,
    firstBreak: { problem: 'entry_removed', seal: expect.any(Number) },
  })
  // and all of it
  await sql(server, 'delete from record_entry where account_id = $1', account.id)
  await sql(server, 'delete from record_seal where account_id = $1', account.id)
  await sql(server, `delete from log_head where account_id = $1 and log = 'records'`, account.id)
  await server.platform.files.delete(`${account.id}/records/head.json`)
  expect(await look()).toMatchObject({ breaks: 1, firstBreak: { problem: 'seal_missing', seal: 1 } })
  await seal(server)
  expect((await look()).breaks).toBeGreaterThan(0)
})

test('what the platform does itself is no break, whoever it is that does it', async ({ server, account }) => {
  const scene = { server, account }
  const { look } = await looking(account)
  const { api } = account
  const purpose = await make.purpose(scene)
  const evidence = () => ({
    source: 'form',
    collectedAt: server.platform.clock.now().toISOString(),
    text: 'Yes',
    textVersion: '1',
  })
  const contact = await api.contacts.create({ email: 'ada@example.com', phone: '+33612345678' })
  await api.suppressions.create({
    channel: 'email',
    value: 'ada@example.com',
    reason: 'unsubscribe',
    purpose: purpose,
  })
  // carried to a new address, taken back by a later yes, kept by an erasure, and recognised when the address comes back
  await api.contacts.update(contact.id, { email: 'ada.new@example.com' })
  server.platform.clock.advance(1_000)
  await api.consents.record(contact.id, {
    purpose: purpose,
    channel: 'email',
    state: 'granted',
    evidence: evidence(),
  })
  await api.objections.create(contact.id, { kind: 'marketing', evidence: evidence() })
  await api.contacts.delete(contact.id, { reason: 'cleanup' })
  await drain(server.platform)
  await api.contacts.create({ email: 'ada.new@example.com' })
  await api.account.update({ retention: { audit: 'P6M' } })
  await seal(scene.server)
  expect(await look()).toMatchObject({ breaks: 0, firstBreak: null })
  const kinds = await server.platform.db.recordEntry.groupBy({
    by: ['kind'],
    where: { accountId: account.id },
  })
  expect(kinds.map(({ kind }) => kind).sort()).toEqual([
    'erasure',
    'retention',
    'suppression',
    'taken',
    'verification',
  ])
})

test('receipts of erasures, steps of the verification', async ({ server, account }) => {
  const { look, owner } = await looking(account)
  const { id } = await owner.contacts.create({ email: 'ada@example.com' })
  const erasure = await owner.contacts.delete(id)
  await sql(server, `update erasure set reason = 'cleanup' where account_id = $1`, account.id)
  expect(await look()).toMatchObject({
    breaks: 1,
    firstBreak: { problem: 'record_changed', kind: 'erasure' },
  })
  await sql(server, `update erasure set reason = 'request' where account_id = $1`, account.id)
  await drain(server.platform)
  expect(await look()).toMatchObject({ breaks: 0 })
  await sql(
    server,
    `update erasure set deleted = deleted || '{"message": 7}' where account_id = $1`,
    account.id,
  )
  expect(await look()).toMatchObject({ breaks: 1, firstBreak: { problem: 'record_changed', id: erasure.id } })
  await sql(server, 'delete from erasure where account_id = $1', account.id)
  expect(await look()).toMatchObject({ breaks: 1, firstBreak: { problem: 'record_removed', id: erasure.id } })
  await sql(
    server,
    `update verification_change set status = 'passed' where account_id = $1 and kind = 'company'`,
    account.id,
  )
  expect(await look()).toMatchObject({ breaks: 2 })
})

test('receipts of closings, which the operator is told about', async ({ server, account }) => {
  await make.closing({ server, account })
  await sealRecords(server.platform, never)
  const told = async () => (await server.operator.operator.auditIntegrity()).records
  expect(await told()).toMatchObject({ breaks: 0 })
  const { id } = await server.platform.db.accountClosure.findFirstOrThrow({
    where: { accountId: account.id },
  })
  await sql(server, `update account_closure set closes_at = now() - interval '1 day' where id = $1`, id)
  expect(await told()).toMatchObject({
    breaks: 1,
    firstBreak: { problem: 'record_changed', kind: 'closure', id },
  })
  await verifyLogs(server.platform, never)
  const { breaks } = await server.operator.operator.auditIntegrity()
  expect(breaks).toContainEqual(
    expect.objectContaining({
      accountId: null,
      log: 'records',
      kind: 'closure',
      id,
      problem: 'record_changed',
      breaks: 1,
    }),
  )
  // who knows why takes it as it stands
  await acceptLogs(server.platform)
  expect(await told()).toMatchObject({ breaks: 0 })
})

test('a retention that was shortened by hand deletes nothing, and is named', async ({ server, account }) => {
  const { look, owner } = await looking(account)
  await owner.lists.create({ name: 'Spring' })
  server.platform.clock.advance(10 * 60_000)
  await sealAudit(server.platform, never)
  await sql(server, `update account set retention = '{"audit": "P1D"}' where id = $1`, account.id)
  server.platform.clock.advance(200 * day)
  const events = () =>
    server.platform.db.auditEvent.count({ where: { accountId: account.id, action: 'lists.create' } })
  await pruneAudit(server.platform, never)
  expect(await events()).toBe(1)
  expect(await look()).toMatchObject({
    firstBreak: { problem: 'record_changed', kind: 'retention', id: account.id },
  })
  // nor does an earlier one, whose later entry is gone
  await sql(server, `update account set retention = '{}' where id = $1`, account.id)
  await owner.account.update({ retention: { audit: 'P36M' } })
  await seal(server)
  await sql(server, `update account set retention = '{}' where id = $1`, account.id)
  await sql(
    server,
    `delete from record_entry where account_id = $1 and kind = 'retention' and version = 2`,
    account.id,
  )
  server.platform.clock.advance(400 * day)
  await pruneAudit(server.platform, never)
  expect(await events()).toBe(1)
  expect(await look()).toMatchObject({ firstBreak: { problem: 'entry_removed' } })
})

test('a retention that is shortened by hand just while it is read deletes nothing', async ({
  server,
  account,
}) => {
  const { owner } = await looking(account)
  await owner.lists.create({ name: 'Spring' })
  server.platform.clock.advance(10 * 60_000)
  await sealAudit(server.platform, never)
  server.platform.clock.advance(200 * day)
  const { platform } = server
  await sql(server, `update account set retention = '{"audit": "P6M"}' where id = $1`, account.id)
  // whoever may lock tables has all the time there is between the reading of the retention and the look at its entry
  const forger = await platform.direct.connect()
  await forger.query('begin')
  await forger.query('lock table audit_seal in access exclusive mode')
  const pruned = pruneAudit(platform, never)
  await until('the pruning waits for the seals', async () => {
    const { rows } = await platform.direct.query(
      `select 1 from pg_locks where relation = 'audit_seal'::regclass and not granted`,
    )
    return rows.length > 0
  })
  await forger.query(`update account set retention = '{}' where id = $1`, [account.id])
  await forger.query('commit')
  forger.release()
  await pruned
  expect(
    await platform.db.auditEvent.count({ where: { accountId: account.id, action: 'lists.create' } }),
  ).toBe(1)
})

test('a retention that the account has shortened itself deletes what is older', async ({
  server,
  account,
}) => {
  const { owner } = await looking(account)
  await owner.lists.create({ name: 'Spring' })
  server.platform.clock.advance(10 * 60_000)
  await sealAudit(server.platform, never)
  server.platform.clock.advance(200 * day)
  const events = () =>
    server.platform.db.auditEvent.count({ where: { accountId: account.id, action: 'lists.create' } })
  await pruneAudit(server.platform, never)
  expect(await events()).toBe(1)
  await owner.account.update({ retention: { audit: 'P6M' } })
  await pruneAudit(server.platform, never)
  expect(await events()).toBe(0)
})

test('rows from before there were entries are taken once, and from then on compared', async ({
  server,
  account,
}) => {
  const { look } = await looking(account)
  const value = 'ada@example.com'
  const { id } = await account.api.suppressions.create({ channel: 'email', value, reason: 'manual' })
  // as after an update
  await sql(server, 'delete from record_entry where account_id = $1', account.id)
  expect(await look()).toMatchObject({ entries: 0, breaks: 0 })
  await seal(server)
  expect(await look()).toMatchObject({ breaks: 0 })
  expect(
    server.logs.some((line) => line.includes('rows without entries were taken') && line.includes(account.id)),
  ).toBe(true)
  await sql(server, 'delete from suppression where id = $1', id)
  expect(await look()).toMatchObject({ breaks: 1, firstBreak: { problem: 'record_removed', id } })
})
