/** Old events go at the end of their retention; what is left still verifies, and a hole that the platform did not make is found. */
import { pruneAudit } from '@envoi/core/audit/prune-audit'
import { sealAudit } from '@envoi/core/audit/seal-audit'
import { expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'

const never = new AbortController().signal
const day = 86_400_000

/** An event now, sealed by itself; then time goes on. */
async function event(server: TestServer, account: TestAccount, days: number): Promise<void> {
  await server.platform.db.auditEvent.create({
    data: {
      accountId: account.id,
      id: server.platform.newId(),
      actorType: 'system',
      action: 'contacts.create',
      at: server.platform.clock.now(),
    },
  })
  server.platform.clock.advance(10 * 60_000)
  await sealAudit(server.platform, never)
  server.platform.clock.advance(days * day)
}

/** By a key: sessions end, and here years go by. */
const checker = async (account: TestAccount) => {
  const owner = await account.as({ role: 'owner' })
  return () => owner.auditEvents.integrity()
}

const count = ({ platform }: TestServer, { id }: TestAccount) =>
  platform.db.auditEvent.count({ where: { accountId: id, action: 'contacts.create' } })

test('events go after twelve months, and the rest still verifies, on and on', async ({ server, account }) => {
  const integrity = await checker(account)
  for (let month = 0; month < 14; month += 1) await event(server, account, 30)
  const whole = await integrity()
  expect(whole).toMatchObject({ firstBreak: null, keptSince: null })

  expect(await pruneAudit(server.platform, never)).toBeGreaterThan(0)
  const left = await count(server, account)
  expect(left).toBe(12)
  const kept = await integrity()
  expect(kept.firstBreak).toBeNull()
  expect(kept.head).toBe(whole.head)
  const oldest = await server.platform.db.auditEvent.findFirstOrThrow({
    where: { accountId: account.id },
    orderBy: { id: 'asc' },
  })
  expect(Date.parse(kept.keptSince ?? '')).toBeLessThan(oldest.at.getTime())

  // nothing else has come to its end, and sealing goes on from where it stood
  expect(await pruneAudit(server.platform, never)).toBe(0)
  await event(server, account, 1)
  expect((await integrity()).firstBreak).toBeNull()

  // all of it, so that the chain goes on from the anchor alone
  server.platform.clock.advance(400 * day)
  await pruneAudit(server.platform, never)
  expect(await count(server, account)).toBe(0)
  await event(server, account, 1)
  expect(await integrity()).toMatchObject({ firstBreak: null })
})

test('an account says how long, from six months to thirty-six', async ({ server, account }) => {
  const owner = await account.as({ role: 'owner' })
  for (const audit of ['P5M', 'P37M', 'P1Y', 'P0M', 'six months'])
    await expect(owner.account.update({ retention: { audit } })).rejects.toThrow()
  expect((await owner.account.get()).retention.audit).toBe('P12M')
  expect((await owner.account.update({ retention: { audit: 'P6M' } })).retention.audit).toBe('P6M')
  for (let month = 0; month < 8; month += 1) await event(server, account, 30)
  await pruneAudit(server.platform, never)
  expect(await count(server, account)).toBe(6)
  await owner.account.update({ retention: { audit: 'P36M' } })
  server.platform.clock.advance(700 * day)
  await pruneAudit(server.platform, never)
  expect(await count(server, account)).toBe(6)
})

test('a hole that only looks like the end of retention is found, and what does not verify is kept', async ({
  server,
  account,
}) => {
  const integrity = await checker(account)
  const { db, direct: pool } = server.platform
  const accountId = account.id
  for (let month = 0; month < 6; month += 1) await event(server, account, 30)
  const [first, second] = await db.auditSeal.findMany({ where: { accountId }, orderBy: { sequence: 'asc' } })
  if (first === undefined || second === undefined) throw new Error('no seals')

  // an event of the second stretch is changed: retention does not sweep the evidence away
  await pool.query(`update audit_event set outcome = 'denied' where account_id = $1 and id = $2`, [
    accountId,
    second.toId,
  ])
  server.platform.clock.advance(400 * day)
  await pruneAudit(server.platform, never)
  expect((await integrity()).firstBreak).toMatchObject({ problem: 'event_changed', eventId: second.toId })
  expect((await db.auditAnchor.findUniqueOrThrow({ where: { accountId } })).sequence).toBe(first.sequence)

  // the anchor is moved over it by hand, as nobody can who has not the key
  await pool.query('delete from audit_event where account_id = $1 and id <= $2', [accountId, second.toId])
  await pool.query('delete from audit_seal where account_id = $1 and sequence <= $2', [
    accountId,
    second.sequence,
  ])
  await pool.query('update audit_anchor set sequence = $2, to_id = $3, hash = $4 where account_id = $1', [
    accountId,
    second.sequence,
    second.toId,
    Buffer.from(second.hash),
  ])
  expect((await integrity()).firstBreak).toMatchObject({ problem: 'seal_changed' })
  await pool.query('delete from audit_anchor where account_id = $1', [accountId])
  expect((await integrity()).firstBreak).toMatchObject({ problem: 'seal_missing' })
})

test('an event put in among those that are gone is found', async ({ server, account }) => {
  const integrity = await checker(account)
  for (let month = 0; month < 3; month += 1) await event(server, account, 30)
  server.platform.clock.advance(340 * day)
  await pruneAudit(server.platform, never)
  const { toId } = await server.platform.db.auditAnchor.findUniqueOrThrow({
    where: { accountId: account.id },
  })
  await server.platform.direct.query(
    `insert into audit_event (account_id, id, actor_type, action, changed, at) values ($1, $2, 'system', 'contacts.create', '{}', now())`,
    // before the last of them, whatever that one ends with
    [account.id, `${toId.slice(0, -12)}000000000000`],
  )
  expect((await integrity()).firstBreak).not.toBeNull()
})

test('the end of the chain, cut off with its events, is missed', async ({ server, account }) => {
  const integrity = await checker(account)
  for (let month = 0; month < 3; month += 1) await event(server, account, 30)
  const { direct: pool, db } = server.platform
  const seals = await db.auditSeal.findMany({
    where: { accountId: account.id },
    orderBy: { sequence: 'desc' },
  })
  await pool.query('delete from audit_event where account_id = $1 and id > $2', [account.id, seals[1]?.toId])
  await pool.query('delete from audit_seal where account_id = $1 and sequence = $2', [
    account.id,
    seals[0]?.sequence,
  ])
  expect((await integrity()).firstBreak).toEqual({
    seal: seals[0]?.sequence,
    eventId: null,
    problem: 'seal_missing',
  })
})

test('a head that is not one of ours is found, stops nobody, and the next seal writes it anew', async ({
  server,
  account,
}) => {
  const integrity = await checker(account)
  const { files } = server.platform
  const key = `${account.id}/audit/head.json`
  await event(server, account, 1)
  await files.put(key, (await files.get(key)).slice(0, 20))
  expect((await integrity()).firstBreak).toMatchObject({ problem: 'head_changed' })
  await event(server, account, 1)
  expect((await integrity()).firstBreak).toBeNull()
  expect(JSON.parse(await files.get(key))).toMatchObject({ hash: (await integrity()).head })
})
