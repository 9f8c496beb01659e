/** The closing of an account, from the first day to a year later, by the clock. */
import { createHash } from 'node:crypto'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openArchive } from '@envoi/core/account-closure/open-archive'
import { unpackTar } from 'modern-tar'
import { linesAbout, person } from '../rights/person.ts'
import { dumpDatabase, readFiles } from '../rights/traces.ts'
import { test as base, expect, type TestAccount } from '../support/fixture.ts'
import { refusal } from '../support/refusal.ts'
import { anyone, mailsTo } from '../users/people.ts'
import { busyAccount, DAY, filesOf, inRedis, MINUTE, pass, rowsOf } from './support.ts'

/** One account that lives through all of the tests, in their order, and a neighbour that nothing happens to. */
const test = base.extend<{ leaver: TestAccount; neighbour: TestAccount }>({
  leaver: [async ({ server }, use) => use(await busyAccount(server)), { scope: 'file' }],
  neighbour: [async ({ server }, use) => use(await busyAccount(server)), { scope: 'file' }],
})

const now = { receipts: [] as { step: string; rows: Record<string, number> | null }[], sha256: '' }

test('day 0: an account that is being closed can be read, exported and called back, and nothing else', async ({
  server,
  leaver: { id, api, key, ownerEmail, ownerPassword: password },
}) => {
  const reader = anyone(server).with(await key({ role: 'owner' }))
  const [contact] = (await api.contacts.list()).data
  const closure = await api.accountClosure.request({ confirm: 'Atelier Ada', password })
  expect(closure).toMatchObject({ status: 'cooling', cancelledAt: null, archivedAt: null })
  expect(Date.parse(closure.closesAt) - Date.parse(closure.requestedAt)).toBe(7 * DAY)
  expect((await api.account.get()).status).toBe('closing')

  // reading and export
  expect((await reader.contacts.list()).data).toHaveLength(1)
  expect(await api.contacts.export(contact?.id ?? '')).toBeDefined()
  expect(await new Response(await api.auditEvents.export()).text()).toContain('accountClosure.request')
  await anyone(server).sessions.create({ email: ownerEmail, password })
  // what persons have a right to
  const evidence = { source: 'letter', collectedAt: new Date().toISOString(), text: 'No', textVersion: '1' }
  await api.objections.create(contact?.id ?? '', { kind: 'marketing', evidence })

  for (const refused of [
    () => api.contacts.create({ email: 'late@example.com' }),
    () =>
      api.imports.create({
        format: 'csv',
        columns: { Email: 'email' },
        onConflict: 'update',
        origin: { source: 'x' },
      }),
    () => api.apiKeys.create({ name: 'late', role: 'analyst' }),
    () => api.account.update({ name: 'Late' }),
    () => api.accountClosure.request({ confirm: 'Atelier Ada', password }),
    () => reader.lists.create({ name: 'late' }),
  ])
    expect(await refusal(refused())).toMatchObject({ code: 'account_closing' })
  const [mail] = (await mailsTo(server, ownerEmail)).slice(-1)
  expect((await mail?.parsed())?.subject).toBe('Votre compte est en cours de clôture')
  expect(await server.operator.operator.getAccountClosure(id)).toMatchObject({ status: 'cooling' })
})

test('day 3: called back, it is as it was', async ({
  server,
  leaver: { api, ownerEmail, ownerPassword: password },
}) => {
  await pass(server, 3 * DAY)
  const session = await anyone(server).sessions.create({ email: ownerEmail, password })
  const owner = anyone(server).with(session.accessToken)
  expect(await owner.accountClosure.cancel()).toMatchObject({ status: 'cancelled' })
  expect((await owner.account.get()).status).toBe('active')
  expect(await refusal(owner.accountClosure.cancel())).toMatchObject({ code: 'not_found' })
  await pass(server, 8 * DAY)
  expect((await api.contacts.list()).data).toHaveLength(1)
  const mail = (await mailsTo(server, ownerEmail)).at(-1)
  expect((await mail?.parsed())?.subject).toBe('Votre compte n’est finalement pas clos')
})

test('day 7: everything is archived and deleted, but for the receipts; a neighbour has lost nothing', async ({
  server,
  leaver,
  neighbour,
}) => {
  const { id, api, ownerEmail, ownerPassword: password } = leaver
  const session = await leaver.login()
  const rows = await rowsOf(server, id)
  await anyone(server).with(session.accessToken).accountClosure.request({ confirm: 'Atelier Ada', password })
  await pass(server, 7 * DAY - 30 * MINUTE)
  expect((await api.accountClosure.get()).status).toBe('cooling')
  const before = await rowsOf(server, neighbour.id)
  await pass(server, DAY)

  const closure = await server.operator.operator.getAccountClosure(id)
  expect(closure).toMatchObject({ status: 'archived', destroyedAt: null })
  expect(closure.receipts.map(({ step }) => step)).toEqual(['requested', 'archived', 'deleted'])
  const [, archived, deleted] = closure.receipts
  expect(archived?.rows).toMatchObject({ account: 1, contact: 1, import_error: rows.import_error, user: 1 })
  expect(deleted?.rows).toMatchObject({ contact: 1, event: expect.any(Number), message: 1, user: 1 })

  // nobody gets in
  expect(await refusal(api.account.get())).toMatchObject({ code: 'unauthenticated' })
  expect(await refusal(leaver.login())).toMatchObject({ code: 'invalid_credentials' })
  expect(
    await refusal(anyone(server).sessions.refresh({ refreshToken: session.refreshToken })),
  ).toMatchObject({ code: 'invalid_credentials' })

  // nothing is left: not by the account's id, not by the people's names
  expect(await rowsOf(server, id)).toEqual({ account: 1, account_closure: 2, audit_event: 1 })
  expect(await server.platform.db.auditEvent.count({ where: { accountId: id } })).toBe(0)
  const database = await dumpDatabase(server)
  const kept = database.filter((line) => line.includes(id) && /^public\.(account|audit)/.test(line))
  expect(kept.join('\n')).not.toMatch(/Atelier|Ada|Lovelace|example\.com/)
  const everywhere = [...database, ...(await inRedis(server))]
  expect(everywhere.filter((line) => line.includes(ownerEmail))).toEqual([])
  expect(everywhere.filter((line) => line.includes(id) && !kept.includes(line))).toEqual([])
  // the neighbour knows the same person
  expect(linesAbout(everywhere.filter((line) => !line.includes(neighbour.id)))).toEqual([])
  const files = await filesOf(server, id)
  expect(files).toEqual([expect.stringMatching(/^archives\/[\w-]+\/[\w-]+\.tar\.gz\.age$/)])
  expect(linesAbout((await readFiles(server)).filter((text) => text.includes('archives/')))).toEqual([])

  const bytes = await readFile(join(server.platform.settings.dataDir, 'files', files[0] ?? ''))
  expect(archived?.archive).toEqual({
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  })
  const mail = await server.mail.toUsers
    .filter(({ to }) => to.includes(ownerEmail))
    .at(-1)
    ?.parsed()
  expect(mail?.subject).toBe('Votre compte est clos : reçu')
  expect(mail?.text).toContain(archived?.archive?.sha256)
  expect(mail?.text).toMatch(/contact 1,/)

  expect(await rowsOf(server, neighbour.id)).toEqual(before)
  expect((await neighbour.api.contacts.list()).data).toHaveLength(1)
  now.receipts = closure.receipts
  now.sha256 = archived?.archive?.sha256 ?? ''
})

test('until month 12 the archive opens with its key: all rows are in it, and its audit log verifies', async ({
  server,
  leaver: { id, ownerEmail },
  neighbour,
}) => {
  await pass(server, 300 * DAY)
  const target = join(await mkdtemp(join(tmpdir(), 'envoi-archive-')), 'account.tar')
  const opened = await openArchive(server.platform, id, target)
  expect(opened.sha256).toBe(now.sha256)
  expect(opened.audit).toMatchObject({ firstBreak: null })
  expect(opened.audit.entries).toBe(opened.manifest.tables.audit_event)
  expect(opened.audit.entries).toBeGreaterThan(10)
  expect(opened.consents).toMatchObject({ firstBreak: null, entries: opened.manifest.tables.consent_event })
  expect(opened.consents.entries).toBeGreaterThan(0)

  const entries = await unpackTar(await readFile(target))
  const tables = new Map<string, string>()
  for (const { header, data } of entries) {
    const table = header.name.split('/')[1] ?? header.name
    tables.set(table, (tables.get(table) ?? '') + Buffer.from(data ?? []).toString())
  }
  expect(JSON.parse(tables.get('contact') ?? '')).toMatchObject({
    email: person.email,
    first_name: person.firstName,
    account_id: id,
  })
  expect(JSON.parse(tables.get('user') ?? '')).toMatchObject({ email: ownerEmail })
  expect([...tables.values()].join('')).not.toContain(neighbour.id)
  expect(Object.keys(opened.manifest.tables)).toContain('list_member')
  // whoever opens it is on record
  const record = { action: 'accounts.openArchive', targetId: id, actorType: 'operator' }
  expect(await server.platform.db.auditEvent.count({ where: record })).toBe(1)
})

test('after month 12 archive and key are gone, and the receipts say so', async ({
  server,
  leaver: { id },
}) => {
  await pass(server, 65 * DAY)
  expect(await server.operator.operator.getAccountClosure(id)).toMatchObject({
    status: 'destroyed',
    receipts: [...now.receipts, expect.objectContaining({ step: 'destroyed' })],
  })
  expect(await filesOf(server, id)).toEqual([])
  const { archiveKey, archiveFile } = await server.platform.db.accountClosure.findFirstOrThrow({
    where: { accountId: id, status: 'destroyed' },
  })
  expect([archiveKey, archiveFile]).toEqual([null, null])
  // that it was opened, and destroyed; that it was archived is older than the platform's log
  expect(await rowsOf(server, id)).toEqual({ account: 1, account_closure: 2, audit_event: 2 })
  await expect(openArchive(server.platform, id, '/nowhere')).rejects.toMatchObject({ code: 'not_found' })
})
