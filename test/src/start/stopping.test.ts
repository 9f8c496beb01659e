import { Agent, request as ask } from 'node:http'
import { freePort } from '@envoi/prisma/embedded'
import { drain } from '@envoi/workers'
import { crewOf } from '../crash/crew.ts'
import { holdMail } from '../crash/in-flight.ts'
import { campaignTo } from '../support/audience.ts'
import { expect, test } from '../support/fixture.ts'
import { until } from '../support/until.ts'
import { environmentOf, spawnApi } from '../support/worker-process.ts'

/** `stop_grace_period` in docker-compose.yml; a process gives itself less. */
const graceMs = 15_000

test('a worker whose mail server answers nothing ends in time, and every message leaves once', {
  timeout: 180_000,
}, async ({ server, account, mail }) => {
  const { platform } = server
  const crew = crewOf(platform)
  const { id, contacts } = await campaignTo(server, account, 60)
  await account.api.campaigns.send(id)
  const [worker] = crew.start()
  const held = await holdMail(server, mail, id)
  const asked = performance.now()
  worker?.child.kill('SIGTERM')
  expect(await worker?.exited).toBe(0)
  expect(performance.now() - asked).toBeLessThan(graceMs)
  // what the server had in whole may have been taken: it is never sent again, and nothing is left in hand
  const left = await platform.db.message.groupBy({ by: ['state'], where: { campaignId: id }, _count: true })
  expect(Object.fromEntries(left.map(({ state, _count }) => [state, _count]))).toEqual({
    unknown: held.inFlight.length,
    queued: contacts.length - held.inFlight.length,
  })
  await until('another goes on at once, with what has not left', async () => {
    await drain(platform)
    platform.clock.advance(60_000)
    return (await account.api.campaigns.get(id)).status === 'sent'
  })
  expect(mail.received.flatMap(({ to }) => to).sort()).toEqual(contacts.map(({ email }) => email).sort())
})

test('a rolling restart refuses nobody: readiness fails first, and connections end with an answer', {
  timeout: 120_000,
}, async ({ server, account }) => {
  const port = await freePort()
  const api = spawnApi({ ...environmentOf(server.platform), PORT: String(port) })
  await until('it listens', () => api.output().includes('the API is listening'), 60_000)
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const get = (path: string) =>
    new Promise<{ status: number; connection: string | undefined; body: string }>((resolve, reject) => {
      const headers = { authorization: `Bearer ${account.accessToken}` }
      ask({ port, host: '127.0.0.1', path, agent, headers }, (answer) => {
        let body = ''
        answer.on('data', (chunk) => (body += chunk))
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, connection: answer.headers.connection, body }),
        )
        answer.on('error', reject)
      })
        .on('error', reject)
        .end()
    })
  let isReady = true
  const seen: number[] = []
  const letGo: (string | undefined)[] = []
  // as a balancer: requests go here for as long as the server says that it is ready, and a little longer
  const load = Array.from({ length: 6 }, async () => {
    for (let after = 0; after < 5; ) {
      const { status, connection } = await get('/v1/account')
      seen.push(status)
      if (isReady) continue
      if (after++ > 0) letGo.push(connection)
    }
  })
  await until('requests are under way', () => seen.length > 50)
  api.child.kill('SIGTERM')
  const unready = await until('it says that it is not ready', async () => {
    const answer = await get('/health/ready')
    return answer.status === 200 ? null : answer
  })
  isReady = false
  await Promise.all(load)
  expect(unready).toMatchObject({ status: 503, body: expect.stringContaining('stopping') })
  expect(new Set(seen)).toEqual(new Set([200]))
  expect(new Set(letGo)).toEqual(new Set(['close']))
  expect(await api.exited).toBe(0)
  agent.destroy()
})
