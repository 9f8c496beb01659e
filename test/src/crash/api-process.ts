import type { Platform } from '@envoi/core'
import { freePort } from '@envoi/prisma/embedded'
import { createEnvoi, type Envoi } from '@envoi/sdk'
import { onTestFinished } from 'vitest'
import { operatorToken, type TestAccount } from '../support/fixture.ts'
import { until } from '../support/until.ts'
import { environmentOf, type PlatformProcess, spawnApi } from '../support/worker-process.ts'

export interface ApiProcess extends PlatformProcess {
  url: string
  /** The SDK, with the session of an account's owner; nothing is tried again. */
  as(account: TestAccount): Envoi
}

/** An API of its own process on a platform's data; it ends with the test. */
export async function startApi(platform: Platform): Promise<ApiProcess> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const environment = environmentOf(platform)
  const api = spawnApi({ ...environment, PORT: String(port), ENVOI_OPERATOR_TOKEN: operatorToken })
  onTestFinished(() => void api.child.kill('SIGKILL'))
  await until(
    'the API is ready',
    () =>
      fetch(`${url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    60_000,
  )
  return {
    ...api,
    url,
    as: ({ accessToken }) => createEnvoi({ baseUrl: url, maxRetries: 0 }).with(accessToken),
  }
}
