import { rm } from 'node:fs/promises'
import { type RunningPlatform, startPlatform } from '@envoi/supervisor'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

let dataDir: string
let platform: RunningPlatform

beforeAll(async () => {
  dataDir = await temporaryFolder('restarts')
  platform = await startPlatform({
    settings: { ENVOI_DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent', REDIS_URL: process.env.REDIS_URL },
    workers: 2,
    onOutput: () => undefined,
  })
}, 60_000)

afterAll(async () => {
  await platform.stop()
  await rm(dataDir, { recursive: true, force: true })
}, 60_000)

const isReady = () =>
  fetch(`${platform.url}/health/ready`).then(
    (response) => response.status === 200,
    () => false,
  )

test.each([
  ['API', () => platform.killApi()],
  ['workers', () => platform.killWorkers()],
  ['database', () => platform.killDatabase()],
])(
  'a killed %s is started again, where it was',
  async (_name, kill) => {
    expect(await isReady()).toBe(true)
    await kill()
    await platform.ready()
    await until('the platform answers again', isReady)
  },
  60_000,
)
