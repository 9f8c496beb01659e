import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { buildServer } from '@envoi/api'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../support/platform.ts'
import { until } from '../support/until.ts'

let platform: TestPlatform

beforeAll(async () => {
  platform = await createTestPlatform()
})
afterAll(() => platform.close())

async function listening() {
  const app = await buildServer(platform)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  return { app, socket: connect(port, '127.0.0.1') }
}

/** All that a connection says until it is closed: a head and a body. */
async function answerOn(socket: Socket) {
  let text = ''
  for await (const chunk of socket) text += chunk
  return answerIn(text)
}

function answerIn(text: string) {
  const [head = '', body = ''] = text.split('\r\n\r\n')
  return { head, problem: JSON.parse(body) }
}

test.each([
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['a header without an end', `GET / HTTP/1.1\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
])('%s is answered by a problem that names its request', async (_what, request, status) => {
  const { app, socket } = await listening()
  socket.write(request)
  const { head, problem } = await answerOn(socket)
  expect(head).toContain(`HTTP/1.1 ${status} `)
  expect(head).toContain('Content-Type: application/problem+json')
  expect(head).toContain(`X-Request-Id: ${problem.instance}`)
  expect(problem).toMatchObject({
    status,
    code: 'malformed',
    type: expect.stringContaining('/problems/malformed'),
  })
  await app.close()
})

test('a request that comes while the server closes is answered, and its connection ends', async () => {
  const { app, socket } = await listening()
  let said = ''
  socket.on('data', (chunk) => (said += chunk))
  // the second request is begun when the first is answered: the connection is not closed for being idle
  socket.write(
    'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET /v1/account HTTP/1.1\r\nHost: localhost\r\n',
  )
  await until('the first is answered', () => said.endsWith('{"status":"ok"}'))
  said = ''
  const closed = app.close()
  await until('it closes', () => !app.server.listening)
  socket.write('\r\n')
  await once(socket, 'close')
  const { head, problem } = answerIn(said)
  expect(head).toMatch(/^HTTP\/1\.1 401 /)
  expect(head.toLowerCase()).toContain('content-type: application/problem+json')
  expect(head.toLowerCase()).toContain(`x-request-id: ${problem.instance}`)
  expect(head.toLowerCase()).toContain('connection: close')
  expect(problem.code).toBe('unauthenticated')
  await closed
})
