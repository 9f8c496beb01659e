import { createPerson, linesAbout, person } from '../rights/person.ts'
import { dumpDatabase, readFiles } from '../rights/traces.ts'
import { campaignTo } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'
import { until } from '../support/until.ts'
import { startApi } from './api-process.ts'
import { chance } from './chance.ts'
import { crewOf, untilDone } from './crew.ts'
import { lockRow, untilItWaits } from './row-locks.ts'

test('an erasure whose worker is killed again and again leaves nothing, and its receipt tells what went', {
  timeout: 120_000,
}, async ({ server, account, drain }) => {
  const { platform } = server
  const id = await createPerson({ server, account, drain })
  const random = chance('kills during an erasure')
  const crew = crewOf(platform)
  const locks = [
    await lockRow(server, 'event', account.id),
    await lockRow(server, 'import_error', account.id),
  ]
  const { id: erasureId } = await account.api.contacts.delete(id)

  for (const [index, table] of ['event', 'import_error'].entries()) {
    crew.start()
    await untilItWaits(server, table)
    expect(await account.api.erasures.get(erasureId)).toMatchObject({ status: 'running', completedAt: null })
    await crew.kill()
    await locks[index]?.query('rollback')
  }
  crew.start()
  await new Promise((resolve) => setTimeout(resolve, random.below(1_500)))
  await crew.kill()
  crew.start()
  const receipt = await untilDone(platform, 'the erasure is completed', async () => {
    const erasure = await account.api.erasures.get(erasureId)
    return erasure.status === 'completed' && erasure
  })

  const { event = 0, event_inbox = 0, ...deleted } = receipt.deleted
  // in the minutes of the test the one may have become the other
  expect(event + event_inbox).toBe(2)
  expect(deleted).toMatchObject({
    contact: 1,
    consent: 1,
    consent_event: 1,
    list_member: 1,
    message: 1,
    // each request of the SDK has a key
    idempotency_key: 5,
    import_error: 4,
  })
  expect(linesAbout(await dumpDatabase(server))).toEqual([])
  expect(linesAbout(await readFiles(server))).toEqual([])
  expect(linesAbout([...server.logs, ...crew.output().split('\n')])).toEqual([])
  expect(await platform.db.erasure.findFirstOrThrow({ where: { id: erasureId } })).toMatchObject({
    contactId: null,
    subject: null,
  })
  const ends = await platform.db.auditEvent.count({
    where: { accountId: account.id, action: 'contacts.erase' },
  })
  expect(ends).toBe(1)
})

test('who is erased while a message is on the way to them leaves a campaign that adds up, and nothing else', {
  timeout: 120_000,
}, async ({ server, account, mail }) => {
  const { platform } = server
  const { api } = account
  const others = Array.from({ length: 59 }, (_, index) => `other-${index}@example.com`)
  const { id, contacts } = await campaignTo(server, account, 60, { emails: [person.email, ...others] })
  const [zephyrine] = contacts
  const crew = crewOf(platform)
  const usual = mail.misbehave({ to: person.email }, { at: 'end', hang: true, keep: true })
  await api.campaigns.send(id)
  crew.start()
  await mail.waitFor(() => mail.to(person.email).length > 0, 60_000)
  // else their connections would be dropped too, some of them after the final dot
  await untilDone(
    platform,
    'the others have been sent theirs',
    async () => (await api.campaigns.get(id)).counts.sent === 59,
  )

  const { id: erasureId } = await api.contacts.delete(zephyrine?.id ?? '')
  usual()
  mail.dropConnections()
  await untilDone(
    platform,
    'the campaign is sent',
    async () => (await api.campaigns.get(id)).status === 'sent',
  )
  await untilDone(
    platform,
    'the erasure is completed',
    async () => (await api.erasures.get(erasureId)).status === 'completed',
  )
  const { counts, progress } = await api.campaigns.get(id)
  expect(progress).toEqual({ done: 60, total: 60 })
  expect(counts).toMatchObject({ sent: 59, unknown: 1, excluded: 0, sending: 0 })
  expect(await platform.db.message.count({ where: { campaignId: id } })).toBe(59)
  expect(linesAbout(await dumpDatabase(server))).toEqual([])
  expect(linesAbout([...server.logs, ...crew.output().split('\n')])).toEqual([])
})

test('an upload that ended with the API does not outlive the erasure of who is in it', {
  timeout: 120_000,
}, async ({ server, account, drain }) => {
  const { platform } = server
  const api = await startApi(platform)
  const emails = {
    format: 'csv',
    columns: { Email: 'email' },
    onConflict: 'update',
    origin: { source: 'old file' },
  } as const
  // another that waits for its file
  await account.api.imports.create(emails)
  const { id: importId } = await account.api.imports.create(emails)
  async function* endless() {
    yield Buffer.from(`Email\n${person.email}\n`)
    await new Promise(() => {})
  }
  const uploading = api.as(account).imports.upload(importId, endless())
  await until('a part is stored', async () => linesAbout(await readFiles(server)).length > 0, 60_000)
  api.child.kill('SIGKILL')
  await expect(uploading).rejects.toThrow()

  const { id } = await account.api.contacts.create(person)
  const erasure = await account.api.contacts.delete(id)
  const status = async () =>
    (await platform.db.erasure.findFirstOrThrow({ where: { id: erasure.id } })).status
  await drain()
  expect(await status()).toBe('running')
  platform.clock.advance(11 * 60_000)
  await drain()
  expect(await status()).toBe('completed')
  expect(linesAbout(await readFiles(server))).toEqual([])

  await account.api.imports.upload(importId, 'Email\nada@example.com\n')
  await drain()
  expect((await account.api.imports.get(importId)).counts).toMatchObject({ created: 1, rejected: 0 })
})

test('a deletion whose API is killed in the middle of it has not happened, and can be asked for again', {
  timeout: 120_000,
}, async ({ server, account, drain }) => {
  const id = await createPerson({ server, account, drain })
  const before = await account.api.contacts.get(id)
  const api = await startApi(server.platform)
  const lock = await lockRow(server, 'message', account.id)
  const answer = api
    .as(account)
    .contacts.delete(id)
    .then(
      () => 'answered',
      () => 'lost',
    )
  await untilItWaits(server, 'message')
  api.child.kill('SIGKILL')
  await api.exited
  await lock.query('rollback')
  expect(await answer).toBe('lost')
  expect(await account.api.contacts.get(id)).toEqual(before)
  expect((await account.api.consents.list(id)).data).toHaveLength(1)
  expect((await account.api.erasures.list()).data).toEqual([])

  const erasure = await account.api.contacts.delete(id)
  await drain()
  expect((await account.api.erasures.get(erasure.id)).status).toBe('completed')
  expect(linesAbout(await dumpDatabase(server))).toEqual([])
})
