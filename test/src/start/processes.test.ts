import { randomBytes } from 'node:crypto'
import { openTokenKeyRing } from '@envoi/core/access/token-key-ring'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEmptyDatabase } from '../support/database.ts'
import { createTestPlatform, type TestPlatform } from '../support/platform.ts'
import { environmentOf, spawnApi, spawnWorker } from '../support/worker-process.ts'

let platform: TestPlatform

beforeAll(async () => {
  platform = await createTestPlatform()
  // the first thing that is sealed
  await openTokenKeyRing(platform)
})
afterAll(() => platform.close())

describe.each([
  ['the API', spawnApi],
  ['a worker', spawnWorker],
])('%s', (_name, spawn) => {
  async function refusal(env: Record<string, string>): Promise<string> {
    const started = spawn({ ...environmentOf(platform), PORT: '0', ...env })
    expect(await started.exited).toBe(1)
    expect(started.output().trim().split('\n')).toHaveLength(1)
    return started.output()
  }

  test('says in one line that its database has no tables', async () => {
    const empty = await createEmptyDatabase()
    expect(await refusal({ DATABASE_URL: empty.url })).toContain('run `npm run db:migrate` first')
    await empty.drop()
  })

  test('says in one line that its database does not answer', async () => {
    expect(await refusal({ DATABASE_URL: 'postgres://127.0.0.1:1/envoi' })).toContain(
      'The database at DATABASE_URL cannot be used (ECONNREFUSED).',
    )
  })

  test('says in one line that the master key is another', async () => {
    expect(await refusal({ ENVOI_MASTER_KEY: randomBytes(32).toString('base64') })).toContain(
      'ENVOI_MASTER_KEY is not the key that the data in this database is sealed with.',
    )
  })

  test('asks for a setting that it cannot do without', async () => {
    expect(await refusal({ ENVOI_MASTER_KEY: '' })).toContain('ENVOI_MASTER_KEY is not valid')
  })
})
