/** What happens to an import while it runs: it is held at a place of its work, not raced with. */
import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type TestServer, test } from '../support/fixture.ts'
import { until } from '../support/until.ts'
import { columns, contactsOf, none, plain } from './support.ts'

const rowsOf = (from: number, to: number) =>
  Array.from(
    { length: to - from },
    (_, index) => `person-${from + index}@example.com,P,${from + index}\n`,
  ).join('')

/** Puts a pipe in the place of an import's file: the import reads on for as long as the test writes. */
async function pipeInsteadOfFile({ platform }: TestServer, id: string) {
  const { fileKey } = await platform.db.import.findFirstOrThrow({ where: { id } })
  const path = join(platform.settings.dataDir, 'files', fileKey ?? '')
  await rm(path)
  execFileSync('mkfifo', [path])
  return createWriteStream(path)
}

test('while the file is read, its progress is told, and a cancellation is heard', async ({
  server,
  account,
  drain,
}) => {
  const { api } = account
  const { id } = await api.imports.create(plain)
  await api.imports.upload(id, `Email,Name,Ref\n${rowsOf(0, 40_000)}`)
  const pipe = await pipeInsteadOfFile(server, id)
  // that its reader has gone is no failure here: it is what the import was cancelled for
  const ended = new Promise<void>((resolve) => pipe.on('error', () => undefined).once('close', resolve))
  const work = drain()
  pipe.write(`Email,Name,Ref\n${rowsOf(0, 15_000)}`)
  const { progress } = await until('some of the file is read', async () => {
    const now = await api.imports.get(id)
    return now.progress.done > 0 && now
  })
  expect(progress.done).toBeGreaterThanOrEqual(5_000)
  expect(progress.total).toBeGreaterThan(30_000)
  expect(progress.total).toBeLessThan(50_000)

  await api.imports.cancel(id)
  pipe.write(rowsOf(15_000, 30_000))
  await work
  await ended
  expect(await api.imports.get(id)).toMatchObject({ status: 'cancelled', counts: none })
  expect(await server.platform.db.importRow.count({ where: { importId: id } })).toBe(0)
  expect(await contactsOf(account)).toEqual([])
})

test('an import that is cancelled while it merges keeps what it had written, and writes no more', async ({
  server,
  account,
  drain,
}) => {
  const { api } = account
  const held = await api.contacts.create({ email: 'person-12000@example.com' })
  const { id } = await api.imports.create({ ...plain, columns })
  await api.imports.upload(id, `Email,Name,Ref\n${rowsOf(0, 12_500)}`)
  const client = await server.platform.direct.connect()
  try {
    // the second chunk changes this contact: it waits
    await client.query('begin')
    await client.query('select from contact where account_id = $1 and id = $2 for update', [
      account.id,
      held.id,
    ])
    const work = drain()
    await until(
      'the first chunk is merged',
      async () => (await api.imports.get(id)).counts.created === 10_000,
    )
    await api.imports.cancel(id)
    await client.query('rollback')
    await work
  } finally {
    client.release()
  }
  expect(await api.imports.get(id)).toMatchObject({
    status: 'cancelled',
    counts: { ...none, created: 10_000 },
  })
  expect(await server.platform.db.contact.count({ where: { accountId: account.id } })).toBe(10_001)
  expect((await api.contacts.get(held.id)).firstName).toBeNull()
})

test('a row that is known by its phone waits for who writes the same phone', async ({
  server,
  account,
  drain,
}) => {
  const { api } = account
  const { id } = await api.imports.create({ ...plain, columns: { Phone: 'phone' } })
  await api.imports.upload(id, 'Phone\n+33612345678\n')
  const client = await server.platform.direct.connect()
  try {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtextextended('phones:' || $1, 0))`, [account.id])
    await client.query(
      `insert into contact (account_id, id, phone, origin_source, created_at, updated_at)
       values ($1, $2, '+33612345678', 'api', now(), now())`,
      [account.id, server.platform.newId()],
    )
    const work = drain()
    await until('the import waits', async () => {
      const { rowCount } = await server.platform.direct.query(
        `select from pg_locks where locktype = 'advisory' and not granted
         and database = (select oid from pg_database where datname = current_database())`,
      )
      return rowCount === 1
    })
    await client.query('commit')
    await work
  } finally {
    client.release()
  }
  expect((await api.imports.get(id)).counts).toEqual({ ...none, unchanged: 1 })
  expect(await contactsOf(account)).toHaveLength(1)
})
