import { startExtraServer } from '../support/extra-server.ts'
import { expect, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { until } from '../support/until.ts'

/** Keeps the only thread from anything else. */
function block(milliseconds: number): void {
  for (const end = performance.now() + milliseconds; performance.now() < end; );
}

test('a process whose event loop is behind sends requests away, but for those of who watches it, until it has caught up', async ({
  server,
  account,
}) => {
  const pressure = { eventLoopDelayMs: 200, sampleMs: 300, heapBytes: Number.MAX_SAFE_INTEGER }
  const { url, close } = await startExtraServer(server.platform, { pressure })
  const read = () => request(`${url}/v1/account`, { token: account.accessToken })
  expect((await read()).status).toBe(200)
  const refused = await until('it sends away', async () => {
    // a sample is a mean: one block among many quiet moments is none
    for (let time = 0; time < 3; time++) {
      block(400)
      await new Promise(setImmediate)
    }
    const [answer, alive] = await Promise.all([read(), request(`${url}/health/live`)])
    expect(alive.status).toBe(200)
    return answer.status === 503 && answer
  })
  expect(refused.body).toMatchObject({ code: 'unavailable', instance: refused.headers.get('x-request-id') })
  expect(refused.headers.get('retry-after')).toBe('2')
  await until('it has caught up', async () => (await read()).status === 200)
  await close()
})

test('a process that is short of memory sends requests away', async ({ server, account }) => {
  const pressure = { eventLoopDelayMs: 0, sampleMs: 100, heapBytes: 1 }
  const { url, close } = await startExtraServer(server.platform, { pressure })
  await until('it sends away', async () => {
    const { body } = await request(`${url}/v1/account`, { token: account.accessToken })
    return body.code === 'unavailable'
  })
  expect((await request(`${url}/health/ready`)).status).toBe(200)
  await close()
})
