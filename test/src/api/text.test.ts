import { exampleOf, type OperationSpec } from '@envoi/openapi'
import { allOperations, fillPath, pathParameters } from '../contract/operations.ts'
import {
  test as base,
  describe,
  expect,
  operatorToken,
  type TestAccount,
  type TestServer,
} from '../support/fixture.ts'
import { request } from '../support/request.ts'

const test = base.extend<{ home: TestAccount }>({
  home: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
})

const absent = '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'

/** A value once for each text in it (keys of free objects left alone), with that text changed; and where. */
function* spoilt(value: unknown, spoil: (text: string) => string, at = ''): Generator<[string, unknown]> {
  if (typeof value === 'string') yield [at, spoil(value)]
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value))
    for (const [pointer, changed] of spoilt(
      inner,
      spoil,
      `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    )) {
      const copy = structuredClone(value) as Record<string, unknown>
      copy[key] = changed
      yield [pointer, copy]
    }
}

async function send(
  server: TestServer,
  account: TestAccount,
  operation: OperationSpec,
  change: { path?: Record<string, string>; query?: Record<string, string>; body?: unknown },
) {
  const values = Object.fromEntries(pathParameters(operation.path).map((name) => [name, absent]))
  const required = Object.entries(operation.query?.properties ?? {}).flatMap(([name, schema]) =>
    operation.query?.required?.includes(name) ? [[name, String(exampleOf(schema))]] : [],
  )
  const query = new URLSearchParams({ ...Object.fromEntries(required), ...change.query })
  const { status, body } = await request(
    `${server.url}${fillPath(operation.path, { ...values, ...change.path })}?${query}`,
    {
      method: operation.method,
      token:
        operation.access === 'public'
          ? null
          : operation.access === 'operator'
            ? operatorToken
            : account.accessToken,
      body: change.body ?? (operation.body === undefined ? undefined : exampleOf(operation.body)),
    },
  )
  return [status, body.code, body.errors?.[0]?.pointer]
}

describe('NUL and half a surrogate pair are refused with their pointer, wherever they stand, by', () => {
  for (const { id, operation } of allOperations) {
    test(id, async ({ server, home }) => {
      for (const name of pathParameters(operation.path))
        expect(await send(server, home, operation, { path: { [name]: 'a\0b' } })).toEqual([
          400,
          'malformed',
          `/path/${name}`,
        ])
      for (const name of Object.keys(operation.query?.properties ?? {}))
        expect(await send(server, home, operation, { query: { [name]: 'a\0b' } })).toEqual([
          400,
          'malformed',
          `/query/${name}`,
        ])
      if (operation.body === undefined) return
      for (const bad of ['\0', '\ud800'])
        for (const [pointer, body] of spoilt(exampleOf(operation.body), (text) => `${text}${bad}`))
          expect([pointer, ...(await send(server, home, operation, { body }))]).toEqual([
            pointer,
            400,
            'malformed',
            pointer,
          ])
    })
  }
})

test('what only looks like NUL or a surrogate is text like any other', async ({ account }) => {
  const names = ['\\u0000', '\\ud800', 'Zoë 🎈 \u{1F469}\u200d\u{1F680}', '\ufffd', 'a\\\\u0000']
  for (const firstName of names) {
    const { id } = await account.api.contacts.create({ email: 'ada@example.com', firstName })
    expect((await account.api.contacts.get(id)).firstName).toBe(firstName)
    await account.api.contacts.delete(id, { reason: 'cleanup' })
  }
})

test('a name of a property that cannot be stored is refused, and shown in a form that can', async ({
  server,
  account,
}) => {
  const body = '{"email":"ada@example.com","attributes":{"a\\u0000b~/":1}}'
  const answer = await request(`${server.url}/v1/contacts`, { token: account.accessToken, body })
  expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, '/attributes/a\ufffdb~0~1'])
})
