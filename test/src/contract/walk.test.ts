import { buildDocument, contract, exampleOf, permissions } from '@envoi/openapi'
import { createEnvoi } from '@envoi/sdk'
import { test as base, describe, expect, type TestAccount } from '../support/fixture.ts'
import { allOperations, fillPath, isMutation, pathParameters } from './operations.ts'
import { resources } from './resources.ts'
import { scenarios } from './scenarios.ts'

/** Two accounts for the whole walk: opening one costs more than most of what is walked. */
const test = base.extend<{ home: TestAccount; stranger: TestAccount }>({
  home: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
  stranger: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
})

const absent = '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'
const secured = allOperations.filter(
  ({ operation }) => operation.access !== 'public' && operation.access !== 'operator',
)

async function call(
  url: string,
  token: string | undefined,
  { operation }: (typeof allOperations)[number],
  values: Record<string, string>,
) {
  const upload = Object.keys(operation.upload ?? {})[0]
  const body =
    upload !== undefined
      ? 'a,b\n'
      : operation.body === undefined
        ? undefined
        : JSON.stringify(exampleOf(operation.body))
  const response = await fetch(url + fillPath(operation.path, values) + requiredQuery(operation.query), {
    method: operation.method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': upload ?? 'application/json' }),
    },
    body,
  })
  const text = await response.text()
  return {
    status: response.status,
    problem:
      text === '' ? undefined : (JSON.parse(text) as { code: string; instance: string; detail?: string }),
  }
}

/** The parameters that a query must have, with their examples. */
function requiredQuery(query: (typeof allOperations)[number]['operation']['query']): string {
  const needed = (query?.required ?? []).flatMap((name) => {
    const schema = query?.properties[name]
    return schema === undefined ? [] : [`${name}=${encodeURIComponent(String(exampleOf(schema)))}`]
  })
  return needed.length === 0 ? '' : `?${needed.join('&')}`
}

const absentIds = (path: string) => Object.fromEntries(pathParameters(path).map((name) => [name, absent]))

test('the document served is the document built from the contract', async ({ server }) => {
  const served = await (await fetch(`${server.url}/openapi.json`)).json()
  expect(served).toEqual(JSON.parse(JSON.stringify(buildDocument(contract))))
})

test('the SDK covers every operation', () => {
  const envoi = createEnvoi({ baseUrl: 'http://127.0.0.1' }) as unknown as Record<
    string,
    Record<string, unknown>
  >
  const missing = allOperations.filter(({ id }) => {
    const [resource = '', verb = ''] = id.split('.')
    return typeof envoi[resource]?.[verb] !== 'function'
  })
  expect(missing.map(({ id }) => id)).toEqual([])
})

describe('every operation', () => {
  for (const named of allOperations.filter(({ operation }) => operation.access !== 'public')) {
    test(`${named.id} is refused without credentials and with wrong ones`, async ({ server }) => {
      for (const token of [
        undefined,
        'envoi_live_wrong',
        'eyJhbGciOiJub25lIn0.e30.',
        `envoi_live_${'A'.repeat(27)}_AAAAAA`,
      ]) {
        const { status, problem } = await call(server.url, token, named, absentIds(named.operation.path))
        expect([status, problem?.code]).toEqual([401, 'unauthenticated'])
      }
    })
  }

  for (const named of secured.filter(({ operation }) => operation.access !== 'session')) {
    test(`${named.id} is refused without ${named.operation.access}`, async ({ server, home: account }) => {
      const others = Object.keys(permissions).filter((permission) => permission !== named.operation.access)
      const { status, problem } = await call(
        server.url,
        await account.key({ permissions: others }),
        named,
        absentIds(named.operation.path),
      )
      expect([status, problem?.code]).toEqual([403, 'permission_missing'])
      expect(problem?.detail).toContain(named.operation.access)
    })
  }

  // these make what is absent; test/src/contacts/upsert.test.ts proves that accounts do not meet there
  const upserts = ['contacts.upsertByExternalId', 'contacts.upsertByEmail']
  const onResources = secured.filter(({ operation }) => pathParameters(operation.path).length > 0)
  for (const named of onResources.filter(({ id }) => !upserts.includes(id))) {
    test(`${named.id} answers for another tenant's resource as for an absent one`, async ({
      server,
      home: account,
      stranger: other,
    }) => {
      const own: Record<string, string> = {}
      for (const name of pathParameters(named.operation.path)) {
        const make = resources[name]
        if (make === undefined) throw new Error(`resources.ts must say how to get a ${name}`)
        own[name] = await make({ server, account })
      }
      const foreign = await call(server.url, other.accessToken, named, own)
      const missing = await call(server.url, other.accessToken, named, absentIds(named.operation.path))
      expect({ ...foreign.problem, instance: '' }).toEqual({ ...missing.problem, instance: '' })
      // what a rule refuses whatever the resource is (422) may be said before it is looked for
      expect([404, 422]).toContain(foreign.status)
    })
  }

  for (const named of allOperations) {
    test(`${named.id} works${isMutation(named) ? ' and leaves an audit event' : ''}`, async ({
      server,
      account,
    }) => {
      await scenarios[named.id]({ server, account })
      if (!isMutation(named)) return
      const events = await server.platform.db.auditEvent.count({ where: { action: named.id } })
      expect(events).toBeGreaterThan(0)
    })
  }
})
