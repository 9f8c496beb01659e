/** Disks that are full: what cannot be kept is refused at once, half of it is not left behind, and probes notice. */
import { readdir } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '@envoi/prisma/embedded'
import { migrate } from '@envoi/prisma/migrate'
import { startExtraServer } from '../support/extra-server.ts'
import { test as base, expect, type TestAccount } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts'
import { until } from '../support/until.ts'

const probe = await mountSmallDisk(1)
await probe?.unmount()
if (probe === undefined)
  process.stderr.write('no disk can be mounted here: tests of full disks are skipped\n')

const test = base.skipIf(probe === undefined) as typeof base

async function mounted(megabytes: number): Promise<SmallDisk> {
  const disk = await mountSmallDisk(megabytes)
  if (disk === undefined) throw new Error('a moment ago a disk could be mounted')
  return disk
}

const importOf = ({ api }: TestAccount) =>
  api.imports.create({
    format: 'csv',
    columns: { Email: 'email' },
    onConflict: 'update',
    origin: { source: 'file' },
  })

/** Sends a file that never ends, as a client that reads the answer beside it. */
function sendEndless(url: string, token: string) {
  return new Promise<{ status?: number; retryAfter?: string; isClosed: Promise<void> }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv' }
    const upload = httpRequest(url, { method: 'PUT', headers })
    const isClosed = new Promise<void>((closed) => upload.once('close', closed))
    const chunk = Buffer.alloc(65_536, 'ada@example.com\n')
    const write = () => {
      while (!upload.destroyed && upload.write(chunk));
    }
    upload.on('drain', () => setImmediate(write))
    upload.once('response', (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode, retryAfter: answer.headers['retry-after'], isClosed })
    })
    upload.on('error', reject)
    write()
  })
}

test('an upload for which there is no room is answered while it is still being sent, and leaves nothing', async ({
  server,
  account,
}) => {
  const disk = await mounted(4)
  const { url, close, log } = await startExtraServer(server.platform, { settings: { dataDir: disk.folder } })
  const { id } = await importOf(account)
  const target = `${url}/v1/imports/${id}/file`
  const { isClosed, ...answer } = await sendEndless(target, account.accessToken)
  expect(answer).toEqual({ status: 503, retryAfter: '60' })
  // whoever goes on sending is cut off
  await isClosed
  expect(log.lines.some((line) => line.includes('nothing can be stored'))).toBe(true)
  expect(await filesIn(disk)).toEqual([])
  expect((await account.api.imports.get(id)).status).toBe('awaiting_file')

  const again = await fetch(target, {
    method: 'PUT',
    headers: { authorization: `Bearer ${account.accessToken}`, 'content-type': 'text/csv' },
    body: 'Email\nada@example.com\n',
  })
  expect(again.status).toBe(202)
  expect(await filesIn(disk)).toHaveLength(1)
  await close()
  await disk.unmount()
}, 30_000)

async function filesIn({ folder }: SmallDisk): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

test('a process whose database has no room is not ready, until it has', async ({ server }) => {
  const disk = await mounted(200)
  const postgres = await startEmbeddedPostgres({
    dataDir: join(disk.folder, 'postgres'),
    settings: { fsync: 'off' },
  })
  await migrate(postgres.url)
  const { url, close } = await startExtraServer(server.platform, { databaseUrl: postgres.url })
  const readiness = async () => (await request(`${url}/health/ready`)).status
  expect(await readiness()).toBe(200)
  await disk.fill()
  await until('it is not ready', async () => (await readiness()) === 503)
  expect((await request(`${url}/health/live`)).status).toBe(200)
  await disk.empty()
  await until('it is ready again', async () => (await readiness()) === 200)
  await close()
  await postgres.stop()
  await disk.unmount()
}, 90_000)
