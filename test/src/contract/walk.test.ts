import { buildDocument, contract } from '@envoi/openapi'
import { createEnvoi } from '@envoi/sdk'
import { test as base, describe, expect, type TestAccount } from '../support/fixture.ts'
import { callByExample } from './call.ts'
import { allOperations, isMutation, pathParameters } from './operations.ts'
import { resources } from './resources.ts'
import { scenarios } from './scenarios.ts'

/** Two accounts for the whole walk: opening one costs more than most of what is walked. */
const test = base.extend<{ home: TestAccount; stranger: TestAccount }>({
  home: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
  stranger: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
})

const secured = allOperations.filter(
  ({ operation }) => operation.access !== 'public' && operation.access !== 'operator',
)

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
      const foreign = await callByExample(server.url, other.accessToken, named, own)
      const missing = await callByExample(server.url, other.accessToken, named)
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
