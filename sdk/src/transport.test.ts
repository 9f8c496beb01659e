import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { ConflictError, ConnectionError, InvalidError, RateLimitError, ServerError } from './errors.ts'
import { contacts } from './resources/contacts.ts'
import { templates } from './resources/templates.ts'
import {
  answer,
  hangUp,
  patientApi,
  problem,
  type Step,
  scriptedServer,
  silent,
} from './testing/scripted-server.ts'

const template = { name: 'n', channel: 'email', subject: 's', html: '<p>Bonjour</p>' } as const

for (const status of [408, 425, 429, 500, 502, 503, 504]) {
  test(`a GET answered ${status} is sent again`, async () => {
    const server = await scriptedServer(problem(status, 'passing'), answer(200, { id: '1' }))
    const { api, waits } = patientApi(server.url)
    await expect(contacts(api).get('1')).resolves.toEqual({ id: '1' })
    expect(waits).toEqual([500])
  })
}

for (const status of [400, 401, 403, 404, 409, 412, 413, 415, 422, 501]) {
  test(`a GET answered ${status} is not sent again`, async () => {
    const server = await scriptedServer(problem(status, 'lasting'))
    const { api, waits } = patientApi(server.url)
    await expect(contacts(api).get('1')).rejects.toMatchObject({ status, code: 'lasting' })
    expect([server.seen.length, waits]).toEqual([1, []])
  })
}

test('a person may take longer to prove who they are than a request may take', async () => {
  const server = await scriptedServer(problem(403, 'proof_required'), answer(201, { id: '1' }))
  const timeout = 50
  const { api, waits } = patientApi(server.url, {
    timeout,
    onProofRequired: () => new Promise((typed) => setTimeout(typed, 4 * timeout, true)),
  })
  await expect(templates(api).create(template)).resolves.toEqual({ id: '1' })
  const [first, second] = server.seen
  expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
  expect(waits).toEqual([])
})

test('a proof is asked for once, and what is refused for want of it is thrown', async () => {
  const server = await scriptedServer(problem(403, 'proof_required'), problem(403, 'proof_required'))
  let asked = 0
  const onProofRequired = async () => ++asked > 0
  const { api } = patientApi(server.url, { onProofRequired })
  await expect(templates(api).create(template)).rejects.toMatchObject({ code: 'proof_required' })
  expect([asked, server.seen.length]).toEqual([1, 2])
})

test('the wait doubles with each attempt, and the last failure is thrown', async () => {
  const server = await scriptedServer(...Array.from({ length: 7 }, () => problem(503, 'unavailable')))
  const { api, waits } = patientApi(server.url, { maxRetries: 6 })
  await expect(contacts(api).get('1')).rejects.toBeInstanceOf(ServerError)
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 8000])
})

test('Retry-After in seconds is waited for', async () => {
  const server = await scriptedServer(
    problem(429, 'rate_limited', { 'retry-after': '7' }),
    problem(503, 'unavailable', { 'retry-after': '0' }),
    answer(200, {}),
  )
  const { api, waits } = patientApi(server.url)
  await contacts(api).get('1')
  expect(waits).toEqual([7000, 0])
})

test('Retry-After as a date is waited for', async () => {
  const now = Date.parse('2026-11-23T12:00:00Z')
  const server = await scriptedServer(
    problem(503, 'unavailable', { 'retry-after': 'Mon, 23 Nov 2026 12:00:30 GMT' }),
    problem(503, 'unavailable', { 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT' }),
    problem(503, 'unavailable', { 'retry-after': 'soon' }),
    answer(200, {}),
  )
  const { api, waits } = patientApi(server.url, { now })
  await contacts(api).get('1')
  expect(waits).toEqual([30_000, 0, 2000])
})

test('a server that asks for longer than two minutes is not asked again: the error says when', async () => {
  const server = await scriptedServer(problem(429, 'rate_limited', { 'retry-after': '3600' }))
  const { api, waits } = patientApi(server.url)
  const error = await contacts(api)
    .get('1')
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(RateLimitError)
  expect(error).toMatchObject({ retryAfter: 3600 })
  expect(waits).toEqual([])
})

test('a POST gets an Idempotency-Key of its own, and keeps it from attempt to attempt', async () => {
  const server = await scriptedServer(
    hangUp,
    problem(500, 'internal'),
    answer(201, { id: '1' }),
    answer(201, { id: '2' }),
  )
  const { api } = patientApi(server.url)
  await templates(api).create(template)
  await templates(api).create(template)
  expect(server.seen.map(({ headers }) => headers['idempotency-key'])).toEqual([
    'key-1',
    'key-1',
    'key-1',
    'key-2',
  ])
  expect(new Set(server.seen.map(({ body }) => body))).toEqual(new Set([JSON.stringify(template)]))
})

test("the caller's Idempotency-Key is used when given", async () => {
  const server = await scriptedServer(answer(201, { id: '1' }))
  const { api } = patientApi(server.url)
  await templates(api).create(template, { idempotencyKey: 'mine' })
  expect(server.seen[0]?.headers['idempotency-key']).toBe('mine')
})

test('only a POST carries an Idempotency-Key', async () => {
  const server = await scriptedServer(answer(200, {}), answer(200, {}), answer(204))
  const { api } = patientApi(server.url)
  await templates(api).get('1')
  await templates(api).update('1', { name: 'm' })
  await templates(api).delete('1')
  expect(server.seen.map(({ headers }) => headers['idempotency-key'])).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

test('409 is sent again while the same request is in flight, and for no other reason', async () => {
  const server = await scriptedServer(
    problem(409, 'idempotency_in_flight', { 'retry-after': '1' }),
    answer(201, { id: '1' }),
    problem(409, 'conflict'),
  )
  const { api, waits } = patientApi(server.url)
  await expect(templates(api).create(template)).resolves.toEqual({ id: '1' })
  await expect(templates(api).create(template)).rejects.toBeInstanceOf(ConflictError)
  expect(waits).toEqual([1000])
})

test('a connection that breaks is tried again, then told with its cause', async () => {
  const server = await scriptedServer(hangUp, hangUp, hangUp, hangUp)
  const { api, waits } = patientApi(server.url)
  const error = await contacts(api)
    .get('1')
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConnectionError)
  expect((error as Error).message).toMatch(/^GET \/v1\/contacts\/1: /)
  expect((error as Error).cause).toBeInstanceOf(TypeError)
  expect(waits).toHaveLength(3)
})

test('JSON that breaks off in the middle is asked for again', async () => {
  const server = await scriptedServer(
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"id":')
      setImmediate(() => response.destroy())
    },
    answer(200, { id: '1' }),
  )
  const { api } = patientApi(server.url)
  await expect(contacts(api).get('1')).resolves.toEqual({ id: '1' })
})

test('an answer that does not come in time is a ConnectionError', async () => {
  const server = await scriptedServer(silent)
  const { api } = patientApi(server.url, { timeout: 50, maxRetries: 0 })
  const error = await contacts(api)
    .get('1')
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConnectionError)
  expect((error as Error).cause).toMatchObject({ name: 'TimeoutError' })
})

test("aborting ends the call with the caller's own reason, and nothing is sent again", async () => {
  const controller = new AbortController()
  const server = await scriptedServer(() => controller.abort(new Error('enough')))
  const { api } = patientApi(server.url)
  await expect(contacts(api).get('1', { signal: controller.signal })).rejects.toThrow('enough')
  expect(server.seen).toHaveLength(1)
})

test('a signal that is aborted already sends nothing', async () => {
  const server = await scriptedServer()
  const { api } = patientApi(server.url)
  await expect(
    contacts(api).get('1', { signal: AbortSignal.abort(new Error('never mind')) }),
  ).rejects.toThrow('never mind')
  expect(server.seen).toEqual([])
})

test('a signal that lives long keeps nothing of the calls it was given to', async () => {
  const { signal } = new AbortController()
  const server = await scriptedServer(problem(503, 'unavailable'), answer(200, {}), answer(404), hangUp)
  const { api } = patientApi(server.url, { maxRetries: 1 })
  await contacts(api).get('1', { signal })
  await contacts(api)
    .get('1', { signal })
    .catch(() => undefined)
  await contacts(api)
    .get('1', { signal })
    .catch(() => undefined)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('credentials are asked for at each call', async () => {
  const server = await scriptedServer(answer(200, {}))
  const { api } = patientApi(server.url)
  await contacts(api).get('1')
  expect(server.seen[0]?.headers.authorization).toBe('Bearer the-token')
})

test('If-Match is sent as given', async () => {
  const server = await scriptedServer(problem(412, 'precondition_failed'))
  const { api } = patientApi(server.url)
  await expect(templates(api).update('1', { name: 'm' }, { ifMatch: '"3"' })).rejects.toMatchObject({
    name: 'PreconditionError',
  })
  expect(server.seen[0]?.headers['if-match']).toBe('"3"')
})

test('a problem becomes an error with its code, its fields and the id to quote', async () => {
  const fields = [{ pointer: '/email', detail: 'must be a valid email' }]
  const server = await scriptedServer(
    answer(
      422,
      { title: 'T', detail: 'D', status: 422, code: 'invalid', errors: fields },
      { 'content-type': 'application/problem+json', 'x-request-id': 'r1' },
    ),
  )
  const error = await contacts(patientApi(server.url).api)
    .get('1')
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(InvalidError)
  expect(error).toMatchObject({ message: 'D', code: 'invalid', errors: fields, requestId: 'r1', status: 422 })
})

test("a proxy's page, and JSON that is none, are still errors by status", async () => {
  const page =
    (type: string): Step =>
    (response) =>
      response.writeHead(502, { 'content-type': type }).end('<h1>Bad gateway</h1>')
  const server = await scriptedServer(page('text/html'), page('application/problem+json'))
  const { api } = patientApi(server.url, { maxRetries: 0 })
  for (const _ of [1, 2]) {
    const error = await contacts(api)
      .get('1')
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ServerError)
    expect(error).toMatchObject({ message: 'HTTP 502', code: undefined, problem: undefined, errors: [] })
  }
})

test('a base address with a path, or a slash at its end, keeps its path', async () => {
  const server = await scriptedServer(answer(200, {}))
  await contacts(patientApi(`${server.url}/envoi/`).api).get('1')
  expect(server.seen[0]?.url).toBe('/envoi/v1/contacts/1')
})
