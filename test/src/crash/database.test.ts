import { drain } from '@envoi/workers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson, linesAbout } from '../rights/person.ts'
import { dumpDatabase } from '../rights/traces.ts'
import { type MailServer, startMailServer } from '../servers/smtp-server.ts'
import { campaignTo } from '../support/audience.ts'
import { startTestServer, type TestServer } from '../support/fixture.ts'
import { until } from '../support/until.ts'
import { chance } from './chance.ts'
import { type CrashableDatabase, createCrashableDatabase } from './crashable-database.ts'
import { crewOf, endLeases, untilDone } from './crew.ts'
import { bigFile, expectAllImportedOnce, startImport } from './import-file.ts'
import { slowDown } from './in-flight.ts'
import { expectEachSentOnce } from './outcomes.ts'
import { lockRow, untilItWaits } from './row-locks.ts'

let database: CrashableDatabase
let mail: MailServer
let server: TestServer & { close(): Promise<void> }

beforeAll(async () => {
  mail = await startMailServer()
  database = await createCrashableDatabase()
  server = await startTestServer(mail, { database })
}, 60_000)
afterAll(async () => {
  await server.close()
  await mail.close()
}, 60_000)

/** What breaks with its connections is tried again. */
const lasting = <T>(work: () => Promise<T>) =>
  until('the database answers', () =>
    work()
      .then((value) => ({ value }))
      .catch(() => null),
  ).then(({ value }) => value)

test('an import takes each row once, although the database dies in the middle of it', {
  timeout: 180_000,
}, async () => {
  const { platform } = server
  const random = chance('database crashes during an import')
  const account = await server.openAccount()
  const file = bigFile(12_000)
  const id = await startImport(account, file)
  const read = () => lasting(() => platform.db.import.findFirstOrThrow({ where: { id } }))
  const isOver = async () => (await read()).status === 'completed'

  const crew = crewOf(platform)
  const instants: [string, () => Promise<boolean>][] = [
    ['it reads the file', async () => (await read()).status === 'running'],
    ['it merges', async () => (await read()).stagedAt !== null],
    ['it merges on', async () => (await read()).mergedRows > 0],
  ]
  crew.start()
  for (const [instant, isReached] of instants) {
    await until(instant, async () => (await isOver()) || (await isReached()), 60_000)
    await new Promise((resolve) => setTimeout(resolve, random.below(250)))
    await database.crash()
    await lasting(() => endLeases(platform))
  }
  await untilDone(platform, 'the import is over', isOver)
  await expectAllImportedOnce(platform, account, id, file)
})

test('a campaign reaches everybody, nobody twice, although the database dies while it is frozen and sent', {
  timeout: 180_000,
}, async () => {
  const { platform } = server
  const random = chance('database crashes during a campaign')
  const account = await server.openAccount()
  slowDown(mail, 15)
  const { id, contacts } = await campaignTo(server, account, 600)
  await account.api.campaigns.send(id)
  const crash = async () => {
    await database.crash()
    await lasting(() => endLeases(platform))
  }

  const crew = crewOf(platform)
  crew.start()
  const freezes = () =>
    platform.db.outbox.count({ where: { name: 'campaigns.freeze', NOT: { leaseUntil: null } } })
  await until('the freeze has begun', async () => (await freezes()) > 0 || mail.received.length > 0, 60_000)
  await new Promise((resolve) => setTimeout(resolve, random.below(50)))
  await crash()
  for (const messages of random.several(2, 540)) {
    await mail.waitFor(messages, 60_000)
    await crash()
  }
  await untilDone(
    platform,
    'the campaign is sent',
    async () => (await lasting(() => account.api.campaigns.get(id))).status === 'sent',
  )
  const unknown = await expectEachSentOnce(platform, account, mail, {
    id,
    recipients: contacts.map(({ email }) => email),
  })
  // the worker lives, and has written down in the end what it knew
  expect(unknown).toBe(0)
})

test('an erasure leaves nothing, although the database dies in the middle of it', {
  timeout: 180_000,
}, async () => {
  const { platform } = server
  const account = await server.openAccount()
  const id = await createPerson({ server, account, drain: () => drain(platform).then(() => undefined) })
  await lockRow(server, 'import_error', account.id)
  const { id: erasureId } = await account.api.contacts.delete(id)
  const crew = crewOf(platform)
  crew.start()
  await untilItWaits(server, 'import_error')
  await database.crash()
  await lasting(() => endLeases(platform))
  await untilDone(
    platform,
    'the erasure is completed',
    async () => (await lasting(() => account.api.erasures.get(erasureId))).status === 'completed',
  )
  expect(linesAbout(await lasting(() => dumpDatabase(server)))).toEqual([])
})
