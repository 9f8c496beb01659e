/**
 * The end of an audit log, and a whole one, cannot be taken away: not its seals, not its head, not in the database, not among the
 * files.
 */
import { execFileSync } from 'node:child_process'
import { open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sealAudit } from '@envoi/core/audit/seal-audit'
import { verifyLogs } from '@envoi/core/integrity/verify-logs'
import { acceptLogs } from '@envoi/core/seals/accept-logs'
import { problemOf, readCheckpoint } from '@envoi/core/seals/read-checkpoint'
import { expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { until } from '../support/until.ts'

const never = new AbortController().signal

async function seal({ platform }: TestServer): Promise<void> {
  platform.clock.advance(10 * 60_000)
  await sealAudit(platform, never)
}

/** Two seals and more; answers how to look, by a key: sessions end. */
async function sealed(server: TestServer, account: TestAccount) {
  const owner = await account.as({ role: 'owner' })
  await seal(server)
  await owner.contacts.create({ email: `${account.id}@example.com` })
  await seal(server)
  const look = async () => (await owner.auditEvents.integrity()).firstBreak
  expect(await look()).toBeNull()
  const { rows } = await server.platform.direct.query<{ sequence: number; to_id: string }>(
    'select sequence, to_id from audit_seal where account_id = $1 order by sequence desc limit 2',
    [account.id],
  )
  const [last, before] = rows
  if (last === undefined || before === undefined) throw new Error('too few seals')
  return { look, owner, last, before }
}

const remove = ({ platform }: TestServer, account: TestAccount, table: string, which = 'true') =>
  platform.direct.query(`delete from ${table} where account_id = $1 and ${which}`, [account.id])

test('the last seal, its events, and then its head in the table and in the file', async ({
  server,
  account,
}) => {
  const { look, owner, last, before } = await sealed(server, account)
  await remove(server, account, 'audit_event', `id > '${before.to_id}'`)
  await remove(server, account, 'audit_seal', `sequence = ${last.sequence}`)
  const missing = { seal: last.sequence, eventId: null, problem: 'seal_missing' }
  await server.platform.files.delete(`${account.id}/audit/head.json`)
  expect(await look()).toEqual(missing)
  await remove(server, account, 'log_head')
  expect(await look()).toEqual(missing)
  // the log goes on, and the seal that took the number of the other is not it
  await owner.contacts.create({ email: 'later@example.com' })
  await seal(server)
  expect(await look()).toEqual({ ...missing, problem: 'seal_changed' })
})

test('all of it: events, seals, heads, files', async ({ server, account }) => {
  const { look } = await sealed(server, account)
  for (const table of ['audit_event', 'audit_seal', 'log_head']) await remove(server, account, table)
  await server.platform.files.deleteAll(account.id)
  expect(await look()).toMatchObject({ seal: 1, problem: 'seal_missing' })
  // without the checkpoint in either place: an account that is a day old has a log
  await server.platform.direct.query('delete from checkpoint')
  await server.platform.files.delete('checkpoint.json')
  server.platform.clock.advance(2 * 86_400_000)
  expect(await look()).toMatchObject({ seal: 1, problem: 'seal_missing' })
})

test('the head alone, in one place or the other', async ({ server, account }) => {
  const { look } = await sealed(server, account)
  const { files, direct: pool } = server.platform
  const key = `${account.id}/audit/head.json`
  const head = await files.get(key)
  await files.delete(key)
  expect(await look()).toMatchObject({ problem: 'head_missing' })
  await files.put(key, head.replace(/"total":"\d+"/, '"total":"1"'))
  expect(await look()).toMatchObject({ problem: 'head_changed' })
  await files.put(key, head)
  expect(await look()).toBeNull()
  await pool.query('update log_head set total = 1 where account_id = $1', [account.id])
  expect(await look()).toMatchObject({ problem: 'head_changed' })
  await remove(server, account, 'log_head')
  expect(await look()).toMatchObject({ problem: 'head_missing' })
})

test('is told to the operator by the verification that runs each night, until it holds again', async ({
  server,
  account,
}) => {
  const { last } = await sealed(server, account)
  const { platform, operator, logs } = server
  const breaks = async () =>
    (await operator.operator.auditIntegrity()).breaks.filter(({ accountId }) => accountId === account.id)
  await platform.direct.query(
    'update audit_seal set events = events + 1 where account_id = $1 and sequence = $2',
    [account.id, last.sequence],
  )
  await verifyLogs(platform, never)
  expect(await breaks()).toEqual([
    expect.objectContaining({ log: 'audit', problem: 'seal_changed', seal: last.sequence }),
  ])
  const told = logs.map((line) => JSON.parse(line)).filter(({ level }) => level === 50)
  expect(told).toContainEqual(expect.objectContaining({ accountId: account.id, sealedLog: 'audit' }))
  await platform.direct.query(
    'update audit_seal set events = events - 1 where account_id = $1 and sequence = $2',
    [account.id, last.sequence],
  )
  await verifyLogs(platform, never)
  expect(await breaks()).toEqual([])
})

test('an account that is nowhere any more is missed', async ({ server, account }) => {
  await sealed(server, account)
  const { platform } = server
  await platform.direct.query(`update account set status = 'destroyed' where id = $1`, [account.id])
  await verifyLogs(platform, never)
  const { breaks } = await server.operator.operator.auditIntegrity()
  expect(breaks).toContainEqual(
    expect.objectContaining({ accountId: account.id, log: 'audit', problem: 'seal_missing' }),
  )
})

test('a database that was put back is accepted by the operator, and on record as such', async ({
  server,
  account,
}) => {
  const { look, last, before } = await sealed(server, account)
  await remove(server, account, 'audit_event', `id > '${before.to_id}'`)
  await remove(server, account, 'audit_seal', `sequence = ${last.sequence}`)
  expect(await look()).toMatchObject({ problem: 'seal_missing' })
  const { platform } = server
  expect(await acceptLogs(platform)).toBeGreaterThan(0)
  expect(await look()).toBeNull()
  await seal(server)
  expect(await look()).toBeNull()
  const events = await platform.db.auditEvent.findMany({ where: { action: 'seals.acceptLogs' } })
  expect(events).toMatchObject([{ actorType: 'operator', changed: ['checkpoint'] }])
})

test('a head that an earlier state of its table was put back over', async ({ server, account }) => {
  const { look, owner, last } = await sealed(server, account)
  const { direct } = server.platform
  await direct.query('create table kept_log_head as table log_head')
  await owner.contacts.create({ email: 'later@example.com' })
  await seal(server)
  expect(await look()).toBeNull()
  await direct.query('truncate log_head')
  await direct.query('insert into log_head select * from kept_log_head')
  await direct.query('drop table kept_log_head')
  // left there, nothing would be recorded of what is sealed from now on, and its end could be cut off again
  expect(await look()).toEqual({ seal: last.sequence + 1, eventId: null, problem: 'head_changed' })
})

test('a checkpoint that is written while it is read is not taken for one that was rolled back', async ({
  server,
  account,
}) => {
  const { owner } = await sealed(server, account)
  const { platform } = server
  const path = join(platform.settings.dataDir, 'files', 'checkpoint.json')
  const { direct } = platform
  await direct.query('create table kept_checkpoint as table checkpoint')
  await owner.contacts.create({ email: 'later@example.com' })
  await seal(server)
  const put = async (from: string, to: string) => {
    await direct.query(`truncate ${to}`)
    await direct.query(`insert into ${to} select * from ${from}`)
  }
  await direct.query('create table next_checkpoint as table checkpoint')
  await put('kept_checkpoint', 'checkpoint')
  const next = await readFile(path)
  // a pipe: whoever opens it to be read waits for what is written
  await rm(path)
  execFileSync('mkfifo', [path])
  const reading = readCheckpoint(platform)
  const pipe = await open(path, 'w')
  await put('next_checkpoint', 'checkpoint')
  await pipe.writeFile(next)
  await pipe.close()
  expect(problemOf(await reading)).toBeNull()
  await rm(path)
  await writeFile(path, next)
  await direct.query('drop table kept_checkpoint, next_checkpoint')
})

test('an account that is closed while its logs are verified has no break', async ({ server, account }) => {
  await sealed(server, account)
  const { platform } = server
  const closing = await platform.direct.connect()
  await closing.query('begin')
  await closing.query('lock table audit_seal in access exclusive mode')
  const verified = verifyLogs(platform, never)
  await until('the verification waits for the seals', async () => {
    const { rows } = await platform.direct.query(
      `select 1 from pg_locks where relation = 'audit_seal'::regclass and not granted`,
    )
    return rows.length > 0
  })
  await closing.query(`update account set status = 'archived' where id = $1`, [account.id])
  await closing.query('delete from audit_seal where account_id = $1', [account.id])
  await closing.query('commit')
  closing.release()
  await verified
  expect(await platform.db.logVerification.count({ where: { accountId: account.id } })).toBe(0)
})
