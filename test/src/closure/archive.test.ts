/** What is archived and deleted, whatever stands in the way. */
import { mkdtemp, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asSystem } from '@envoi/core'
import { advanceClosures } from '@envoi/core/account-closure/advance-closures'
import { makeArchive } from '@envoi/core/account-closure/make-archive'
import { openArchive } from '@envoi/core/account-closure/open-archive'
import { sealAccountAudit } from '@envoi/core/audit/seal-audit'
import { createEventWriter } from '@envoi/core/events/event-writer'
import { lowestIdAt } from '@envoi/core/ids'
import { acceptLogs } from '@envoi/core/seals/accept-logs'
import { drain } from '@envoi/workers'
import { onTestFinished } from 'vitest'
import * as make from '../contract/make.ts'
import { subscriber } from '../pages/support.ts'
import { campaignTo } from '../support/audience.ts'
import { test as base, expect, type TestAccount, type TestServer } from '../support/fixture.ts'
import { DAY, filesOf, MINUTE, pass, rowsOf } from './support.ts'

const test = base.extend<{ neighbour: TestAccount }>({
  neighbour: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
})

const never = new AbortController().signal
const closureOf = ({ operator }: TestServer, id: string) => operator.operator.getAccountClosure(id)

/** Nobody is let in any more, and the minutes have gone by: the archive is what comes next. */
async function readyToArchive(server: TestServer, account: TestAccount): Promise<void> {
  await make.contact({ server, account })
  await make.closing({ server, account })
  server.platform.clock.advance(7 * DAY)
  await advanceClosures(server.platform, never)
  server.platform.clock.advance(6 * MINUTE)
}

test('a table that is added to the schema is archived and deleted like all others, without anybody naming it', async ({
  server,
  account,
  neighbour,
}) => {
  const { direct: pool } = server.platform
  await pool.query(`
    create table "Later Thing" (
      account_id uuid not null references account (id), id uuid, note text, primary key (account_id, id)
    ) partition by range (id);
    create table later_thing_default partition of "Later Thing" default;
    create table later_detail (
      account_id uuid not null, thing_id uuid not null, line integer,
      primary key (account_id, thing_id, line),
      foreign key (account_id, thing_id) references "Later Thing" (account_id, id)
    )`)
  onTestFinished(async () => void (await pool.query('drop table later_detail, "Later Thing"')))
  for (const { id } of [account, neighbour]) {
    await pool.query(`insert into "Later Thing" values ($1, $1, E'a\\nb')`, [id])
    await pool.query(
      'insert into later_detail select $1::uuid, $1::uuid, n from generate_series(1, 20000) n',
      [id],
    )
  }
  await make.closing({ server, account })
  await pass(server, 8 * DAY)

  const { receipts } = await closureOf(server, account.id)
  for (const step of ['archived', 'deleted'])
    expect(receipts.find((receipt) => receipt.step === step)?.rows).toMatchObject({
      'Later Thing': 1,
      later_detail: 20000,
    })
  expect(await rowsOf(server, account.id)).toEqual({ account: 1, account_closure: 1, audit_event: 1 })
  expect(await rowsOf(server, neighbour.id)).toMatchObject({ 'Later Thing': 1, later_detail: 20000 })
})

test('nothing is deleted while the archive is not there in its full length', async ({ server, account }) => {
  const { platform } = server
  await readyToArchive(server, account)
  const where = { accountId: account.id }
  const archive = async () => {
    const closure = await platform.db.accountClosure.findFirstOrThrow({ where })
    await makeArchive(asSystem(platform, account.id, 'accounts.close'), closure, never)
    const { archiveFile } = await platform.db.accountClosure.findFirstOrThrow({ where })
    return join(platform.settings.dataDir, 'files', archiveFile ?? '')
  }
  const path = await archive()
  for (const harm of [() => truncate(path, 100), () => rm(path)]) {
    await harm()
    await expect(advanceClosures(platform, never)).rejects.toThrow()
    expect(await rowsOf(server, account.id)).toMatchObject({ contact: 1, user: 1 })
  }
  await platform.db.accountClosure.updateMany({ where, data: { sealedAt: null } })
  await acceptLogs(platform)
  await pass(server, MINUTE)
  expect(await closureOf(server, account.id)).toMatchObject({ status: 'archived' })
})

test('an audit log that was tampered with before the account was closed does not verify in the archive', async ({
  server,
  account,
}) => {
  const { platform } = server
  await readyToArchive(server, account)
  const context = asSystem(platform, account.id, 'audit.seal')
  await sealAccountAudit(context, lowestIdAt(platform.clock.now()), never)
  const { count } = await platform.db.auditEvent.updateMany({
    where: { accountId: account.id, action: 'contacts.create' },
    data: { address: '203.0.113.9' },
  })
  expect(count).toBe(1)
  await pass(server, MINUTE)
  const target = join(await mkdtemp(join(tmpdir(), 'envoi-archive-')), 'account.tar')
  const { audit, manifest } = await openArchive(platform, account.id, target)
  expect(manifest.tables.contact).toBe(1)
  expect(audit.firstBreak).toBeGreaterThan(0)
})

test('of several runs at the same time one archive is recorded, and it is the one that is left', async ({
  server,
  account,
}) => {
  await readyToArchive(server, account)
  const context = asSystem(server.platform, account.id, 'audit.seal')
  await sealAccountAudit(context, lowestIdAt(server.platform.clock.now()), never)
  // who comes second may find its own archive gone, and is run again
  await Promise.allSettled([1, 2, 3].map(() => advanceClosures(server.platform, never)))
  await pass(server, MINUTE)
  const { status, receipts } = await closureOf(server, account.id)
  expect(status).toBe('archived')
  expect(receipts[2]?.rows).toMatchObject({ contact: 1, user: 1 })
  const { archiveFile } = await server.platform.db.accountClosure.findFirstOrThrow({
    where: { accountId: account.id },
  })
  expect(await filesOf(server, account.id)).toEqual([archiveFile])
})

test('a last mail that cannot leave is waited for a day, and no longer', async ({
  server,
  account,
  mail,
}) => {
  await readyToArchive(server, account)
  onTestFinished(mail.misbehave({ to: account.ownerEmail }, { at: 'rcpt', reply: '451 4.7.1 Later' }))
  await pass(server, 20 * 60 * MINUTE)
  expect(await closureOf(server, account.id)).toMatchObject({ status: 'archiving' })
  expect(Object.keys(await rowsOf(server, account.id)).sort()).toEqual([
    'account',
    'account_closure',
    'outbox',
    'user',
    'user_mail',
  ])
  await pass(server, 5 * 60 * MINUTE)
  expect(await closureOf(server, account.id)).toMatchObject({ status: 'archived' })
  expect(await rowsOf(server, account.id)).toEqual({ account: 1, account_closure: 1, audit_event: 1 })
})

test('mail outlives its account: its links lead to a page, and nothing is recorded any more', async ({
  server,
  account,
  neighbour,
}) => {
  const { links } = await subscriber({ server, account })
  const { api } = account
  const { id, contacts } = await campaignTo(server, account, 1, { tracking: 'granted' })
  await api.campaigns.send(id)
  await drain(server.platform)
  const [mail] = server.mail.to(contacts[0]?.email ?? '')
  const { html, text } = (await mail?.parsed()) ?? {}
  const inMail = [...`${html} ${text}`.matchAll(/http:\/\/127\.0\.0\.1:\d+\/[^\s"<>)]+/g)].map(([url]) => url)
  expect(inMail.length).toBeGreaterThan(2)
  await make.closing({ server, account })
  await pass(server, 8 * DAY)

  const left = { account: 1, account_closure: 1, audit_event: 1 }
  expect(await rowsOf(server, account.id)).toEqual(left)
  for (const url of new Set([...inMail, links.unsubscribe, links.preferences])) {
    const visited = await fetch(url, { redirect: 'manual' })
    expect([url, visited.status < 500]).toEqual([url, true])
    const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
    const posted = await fetch(url, { method: 'POST', body, redirect: 'manual' })
    expect([url, posted.status < 500]).toEqual([url, true])
  }
  const writer = createEventWriter(server.platform)
  const opened = { type: 'message.opened', campaignId: null, recipient: null, link: null, hints: [] } as const
  await Promise.all([account, neighbour].map((one) => writer.record({ ...opened, accountId: one.id })))
  await writer.close()
  expect(await rowsOf(server, account.id)).toEqual(left)
  expect((await rowsOf(server, neighbour.id)).event_inbox).toBe(1)
})
