import { expect, expectTypeOf, test } from 'vitest'
import type { Schemas } from './api.ts'
import { createEnvoi } from './client.ts'
import { NotFoundError, PermissionError } from './errors.ts'
import { contacts } from './resources/contacts.ts'
import { answer, patientApi, problem, scriptedServer } from './testing/scripted-server.ts'

test('withResponse gives the data and the answer it came with, of one request', async () => {
  const server = await scriptedServer(answer(200, { id: '1' }, { etag: '"3"' }))
  const { data, response } = await contacts(patientApi(server.url).api).get('1').withResponse()
  expect(data).toEqual({ id: '1' })
  expect(response.headers.get('etag')).toBe('"3"')
  expect(server.seen).toHaveLength(1)
})

test('withResponse rejects once: the failure does not come back as an unhandled rejection', async () => {
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', note)
  const server = await scriptedServer(problem(404, 'not_found'))
  await expect(contacts(patientApi(server.url).api).get('1').withResponse()).rejects.toBeInstanceOf(
    NotFoundError,
  )
  await new Promise((resolve) => setTimeout(resolve, 10))
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

test('a client made with other credentials uses those, the first one keeps its own', async () => {
  const server = await scriptedServer(answer(200, {}), answer(200, {}), answer(200, {}))
  const envoi = createEnvoi({ baseUrl: server.url })
  await envoi.account.get()
  await envoi.with('a').account.get()
  await envoi.with(async () => 'b').account.get()
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([undefined, 'Bearer a', 'Bearer b'])
})

test('failing to get credentials fails the call, with nothing sent', async () => {
  const server = await scriptedServer()
  const envoi = createEnvoi({
    baseUrl: server.url,
    token: () => Promise.reject(new Error('no vault')),
  })
  await expect(envoi.account.get()).rejects.toThrow('no vault')
  expect(server.seen).toEqual([])
})

test("another fetch may be given, and an answer's status decides its class", async () => {
  const envoi = createEnvoi({
    baseUrl: 'http://127.0.0.1:1',
    fetch: async () =>
      new Response('{"code":"permission_missing","title":"T"}', {
        status: 403,
        headers: { 'content-type': 'application/problem+json' },
      }),
  })
  await expect(envoi.account.get()).rejects.toBeInstanceOf(PermissionError)
})

test('what is in the path is encoded', async () => {
  const server = await scriptedServer(answer(200, {}))
  await contacts(patientApi(server.url).api).get('../accounts?a=b')
  expect(server.seen[0]?.url).toBe('/v1/contacts/..%2Faccounts%3Fa%3Db')
})

test('results and items of lists have the types of the contract', () => {
  const envoi = createEnvoi({ baseUrl: 'http://127.0.0.1' })
  expectTypeOf<Awaited<ReturnType<typeof envoi.contacts.get>>>().toEqualTypeOf<Schemas['Contact']>()
  expectTypeOf<Awaited<ReturnType<typeof envoi.contacts.list>>['data']>().toEqualTypeOf<
    Schemas['Contact'][]
  >()
  expectTypeOf(envoi.contacts.list).parameter(0).exclude<undefined>().toHaveProperty('updatedSince')
})
