/**
 * What operations declare as a rule, they raise: one request of each kind to each operation that may answer so. The fixture sees to
 * the contrary, that nothing is answered which is not declared.
 */
import { type ErrorCode, errorsOf, exampleOf } from '@envoi/openapi'
import { test as base, describe, expect, operatorToken, type TestAccount } from '../support/fixture.ts'
import { type RawAnswer, type RawRequest, request } from '../support/request.ts'
import type { Scene } from './make.ts'
import { allOperations, fillPath, type NamedOperation, pathParameters } from './operations.ts'
import { resources } from './resources.ts'

const test = base.extend<{ home: TestAccount }>({
  home: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
})

/** Calls an operation on resources that are there, with its own credentials and example, changed as given. */
async function call(
  server: Scene['server'],
  account: TestAccount,
  { operation }: NamedOperation,
  change: RawRequest & { query?: string },
): Promise<RawAnswer> {
  const values: Record<string, string> = {}
  for (const name of pathParameters(operation.path))
    values[name] = await resourceFor(name, { server, account }, operation)
  const { query, ...rest } = change
  return request(
    `${server.url}${fillPath(operation.path, values)}${query === undefined ? '' : `?${query}`}`,
    {
      method: operation.method,
      token:
        operation.access === 'operator'
          ? operatorToken
          : operation.access === 'public'
            ? null
            : account.accessToken,
      ...(operation.body === undefined ? {} : { body: exampleOf(operation.body) }),
      ...(operation.form === undefined ? {} : formOf(operation.form)),
      ...rest,
    },
  )
}

const formOf = (form: NonNullable<NamedOperation['operation']['form']>) => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(exampleOf(form) as Record<string, string>).toString(),
})

/** One of each is enough: nothing changes a resource here. */
const made = new Map<string, Promise<string>>()
function resourceFor(name: string, scene: Scene, { params }: NamedOperation['operation']): Promise<string> {
  const schema = params?.properties[name]
  const make = resources[name] ?? (async () => (schema === undefined ? 'missing' : String(exampleOf(schema))))
  const resource = made.get(name) ?? make(scene)
  made.set(name, resource)
  return resource
}

const absent = '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'

const codeOf = ({ status, body }: RawAnswer) => [status, body.code]

/** Operations that declare a code. */
const raising = (code: ErrorCode) =>
  allOperations.filter(({ operation }) => errorsOf(operation).includes(code))
const takesBody = ({ operation }: NamedOperation) => operation.body !== undefined

describe('unknown parameters and fields are refused with their pointer, by', () => {
  for (const named of allOperations) {
    test(named.id, async ({ server, home }) => {
      const inQuery = await call(server, home, named, { query: 'nonsense=1' })
      expect(inQuery.status).toBe(400)
      expect(inQuery.body.errors?.map(({ pointer }) => pointer)).toContain('/query/nonsense')
      if (!takesBody(named)) return
      const example = exampleOf(named.operation.body as never) as object
      const inBody = await call(server, home, named, { body: { ...example, nonsense: 1 } })
      expect([inBody.status, inBody.body.errors?.map(({ pointer }) => pointer)]).toEqual([400, ['/nonsense']])
    })
  }
})

describe('a cursor of nobody is refused by', () => {
  for (const named of raising('invalid_cursor'))
    test(named.id, async ({ server, home }) => {
      const cursor = `cursor=${Buffer.alloc(32, 1).toString('base64url')}`
      expect(codeOf(await call(server, home, named, { query: cursor }))).toEqual([400, 'invalid_cursor'])
    })
})

describe('an ETag that is not the latest is refused by', () => {
  for (const named of raising('precondition_failed'))
    test(named.id, async ({ server, home }) => {
      for (const etag of ['"99"', 'W/"1"', '"1", "2"', 'nonsense']) {
        const answer = await call(server, home, named, { headers: { 'if-match': etag }, body: {} })
        expect(codeOf(answer)).toEqual([412, 'precondition_failed'])
      }
    })
})

describe('bodies that are too large, of another type, or no JSON are refused by', () => {
  for (const named of raising('unsupported_media_type').filter(takesBody))
    test(named.id, async ({ server, home }) => {
      const large = ' '.repeat((named.operation.bodyLimit ?? 1024 * 1024) + 1)
      expect(codeOf(await call(server, home, named, { body: large }))).toEqual([413, 'payload_too_large'])
      const headers = { 'content-type': 'application/xml' }
      expect(codeOf(await call(server, home, named, { headers, body: '<a/>' }))).toEqual([
        415,
        'unsupported_media_type',
      ])
      for (const body of ['{"a":', '[]', 'null', '"text"', '1', ''])
        expect([body, ...codeOf(await call(server, home, named, { body }))]).toEqual([body, 400, 'malformed'])
    })
})

describe('a key that was used for something else is refused by', () => {
  for (const named of raising('idempotency_key_reused'))
    test(named.id, async ({ server, home }) => {
      const headers = { 'idempotency-key': 'used' }
      const { access } = named.operation
      if (access === 'public')
        await request(`${server.url}/v1/password-resets`, { headers, body: { email: 'used@example.com' } })
      else if (access === 'operator')
        await request(`${server.url}/v1/operator/accounts/${absent}/approve`, {
          method: 'POST',
          token: operatorToken,
          headers,
        })
      else
        await request(`${server.url}/v1/lists`, { token: home.accessToken, headers, body: { name: 'Used' } })
      expect(codeOf(await call(server, home, named, { headers }))).toEqual([422, 'idempotency_key_reused'])
    })
})
