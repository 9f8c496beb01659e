import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog, createPlatform, readSettings } from '@envoi/core'
import { startEmbeddedPostgres } from '@envoi/prisma/embedded'
import { migrate } from '@envoi/prisma/migrate'
import { expect, test } from 'vitest'
import { createGate } from '../support/gate.ts'
import { jobsOf, partitionsAs } from '../support/jobs.ts'
import { loseQueues } from '../support/queues.ts'
import { until } from '../support/until.ts'

test('jobs that were waiting or running when Postgres was killed are done when it is back', {
  timeout: 120_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'envoi-crash-'))
  await chmod(dataDir, 0o755)
  const server = await startEmbeddedPostgres({ dataDir })
  await migrate(server.url)
  const settings = readSettings({
    DATABASE_URL: server.url,
    REDIS_URL: process.env.REDIS_URL,
    ENVOI_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
    ENVOI_DATA_DIR: dataDir,
  })
  const platform = createPlatform(settings, { log: createLog('silent') })
  const jobs = jobsOf(platform)
  const gate = createGate()
  const seen: string[] = []
  const processors = partitionsAs(async (_context, _payload, { jobId }) => {
    seen.push(jobId)
    await gate.opened
  })
  await jobs.start({ processors, concurrency: 2, leaseMs: 2_000 })
  await Promise.all(Array.from({ length: 6 }, () => jobs.ask()))
  await until('two run', () => seen.length === 2)
  const asked = (await jobs.rows()).map(({ id }) => id)

  await server.kill()
  const again = await startEmbeddedPostgres({ dataDir, port: Number(new URL(server.url).port) })
  gate.open()
  await until('all jobs are done', async () => (await jobs.rows().catch(() => [1])).length === 0, 60_000)

  expect([...new Set(seen)].sort()).toEqual(asked)
  await jobs.closeAll()
  await loseQueues(platform)
  await platform.close()
  await again.stop()
  await rm(dataDir, { recursive: true, force: true })
})
