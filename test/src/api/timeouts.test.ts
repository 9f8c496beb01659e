/** Connections that are held without being used, spoken to byte by byte. */
import { connect, type Socket } from 'node:net'
import { startExtraServer } from '../support/extra-server.ts'
import { test as base, describe, expect, type TestAccount } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { until } from '../support/until.ts'

interface Impatient {
  url: string
  open(): Socket
  account: TestAccount
}

/** A server that waits for nobody. */
const test = base.extend<{ impatient: Impatient }>({
  impatient: [
    async ({ server }, use) => {
      const timeouts = { headersMs: 300, bodyMs: 400, idleMs: 1_500, handlerMs: 700 }
      const extra = await startExtraServer(server.platform, { timeouts })
      const port = Number(new URL(extra.url).port)
      const account = await server.openAccount()
      await use({ url: extra.url, open: () => connect(port, '127.0.0.1'), account })
      await extra.close()
    },
    { scope: 'file' },
  ],
})

/** All that a connection says until it is closed. */
async function heard(socket: Socket): Promise<string> {
  let text = ''
  socket.on('error', () => undefined)
  for await (const chunk of socket) text += chunk
  return text
}

/** A byte now and then, for as long as somebody listens. */
function drip(socket: Socket, text: string): void {
  let at = 0
  const timer = setInterval(() => {
    if (socket.destroyed || socket.writableEnded) return clearInterval(timer)
    socket.write(text[at++ % text.length] ?? '')
  }, 50)
  socket.once('close', () => clearInterval(timer))
}

const head = ({ account }: Impatient, line: string, headers: string) =>
  `${line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${account.accessToken}\r\n${headers}\r\n\r\n`

describe('a request that comes byte by byte', () => {
  test('is cut off when its head takes too long', async ({ impatient }) => {
    const socket = impatient.open()
    socket.write('GET /v1/account HTTP/1.1\r\nX-Slow: ')
    drip(socket, 'x')
    const answer = await heard(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(answer).toContain('application/problem+json')
  })

  test('is cut off when its body takes too long, and has no effect', async ({ impatient }) => {
    const socket = impatient.open()
    socket.write(head(impatient, 'POST /v1/lists', 'Content-Type: application/json\r\nContent-Length: 1000'))
    drip(socket, '{"name":"Slow"}                         ')
    const answer = await heard(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'malformed', status: 408 })
    expect((await impatient.account.api.lists.list()).data).toEqual([])
  })

  test('may take its time when it is a file, as long as something comes', async ({ impatient }) => {
    const { account, url } = impatient
    const { id } = await account.api.imports.create({
      format: 'csv',
      columns: { Email: 'email' },
      onConflict: 'update',
      origin: { source: 'file' },
    })
    const file = 'Email\nada@example.com\nbob@example.com\n'
    const slowly = new ReadableStream({
      async start(controller) {
        for (const letter of file) {
          controller.enqueue(new TextEncoder().encode(letter))
          await new Promise((resolve) => setTimeout(resolve, 30))
        }
        controller.close()
      },
    })
    const started = performance.now()
    const answer = await fetch(`${url}/v1/imports/${id}/file`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${account.accessToken}`, 'content-type': 'text/csv' },
      body: slowly,
      duplex: 'half',
    } as RequestInit)
    expect(answer.status).toBe(202)
    // beyond what any other body, or any other handler, is given
    expect(performance.now() - started).toBeGreaterThan(700)
  })
})

test('a file of which nothing more comes is cut off', async ({ impatient }) => {
  const { id } = await impatient.account.api.imports.create({
    format: 'csv',
    columns: { Email: 'email' },
    onConflict: 'update',
    origin: { source: 'file' },
  })
  const socket = impatient.open()
  const headers = 'Content-Type: text/csv\r\nContent-Length: 1000'
  socket.write(`${head(impatient, `PUT /v1/imports/${id}/file`, headers)}Email\n`)
  await heard(socket)
  expect((await impatient.account.api.imports.get(id)).status).toBe('awaiting_file')
})

test('a request that we take too long for is answered, and with a key has no effect but by its repetition', async ({
  impatient,
  server,
}) => {
  const { direct: pool, db } = server.platform
  const { account, url } = impatient
  const post = () =>
    request(`${url}/v1/lists`, {
      token: account.accessToken,
      headers: { 'idempotency-key': 'slow' },
      body: { name: 'Slow' },
    })
  const lock = await pool.connect()
  await lock.query('begin; lock table list in share row exclusive mode')
  const late = await post()
  await lock.query('rollback')
  lock.release()
  expect([late.status, late.body.code, late.headers.get('retry-after')]).toEqual([503, 'unavailable', '10'])
  const again = await until('it is repeated', async () => {
    const answer = await post()
    return answer.status === 201 && answer
  })
  expect(again.body.name).toBe('Slow')
  expect(await db.list.count({ where: { accountId: account.id } })).toBe(1)
  expect(await db.auditEvent.count({ where: { accountId: account.id, action: 'lists.create' } })).toBe(1)
})
