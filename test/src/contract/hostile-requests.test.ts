/** What no operation takes, walked from the contract: members that are not declared, the prototype, depths, parameters twice. */
import { exampleOf } from '@envoi/openapi'
import { test as base, expect, operatorToken, type TestAccount } from '../support/fixture.ts'
import { request } from '../support/request.ts'
import { allOperations, fillPath } from './operations.ts'

const test = base.extend<{ home: TestAccount }>({
  home: [async ({ server }, use) => use(await server.openAccount()), { scope: 'file' }],
})

const absent = '0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'
/** With examples in it, of what is not there. */
const pathOf = ({ path, params }: (typeof allOperations)[number]['operation']) => {
  const examples = Object.entries(params?.properties ?? {}).map(([name, schema]) => [
    name,
    String(exampleOf(schema)),
  ])
  return fillPath(path, Object.fromEntries(examples))
}

type Named = (typeof allOperations)[number]

const tokenFor = ({ operation: { access } }: Named, { accessToken }: TestAccount) =>
  access === 'public' ? null : access === 'operator' ? operatorToken : accessToken

const withBody = allOperations.filter(({ operation }) => operation.body !== undefined)
const declares = ({ operation: { body } }: Named, name: string) => JSON.stringify(body).includes(`"${name}":`)

/** The example, with more in it. */
function bodyWith({ operation: { body } }: Named, more: string): string {
  const example = JSON.stringify(body === undefined ? {} : exampleOf(body))
  return example === '{}' ? `{${more}}` : `${example.slice(0, -1)},${more}}`
}

const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
const members: [what: string, name: string, json: string][] = [
  ['a role', 'role', '"owner"'],
  ['another account', 'accountId', `"${absent}"`],
  ['an id', 'id', `"${absent}"`],
  ['a status', 'status', '"active"'],
  ['permissions', 'permissions', '["account:write"]'],
  ['a version', 'version', '7'],
  ['the prototype', '__proto__', '{"role":"owner"}'],
  ['the constructor', 'constructor', '{"prototype":{"role":"owner"}}'],
  ['ten thousand levels', 'deep', deep],
]

test.for(members)(
  '%s in a body that does not declare it is refused by every operation',
  async ([, name, json], { server, home }) => {
    // a contact has attributes of any name, which are looked up among the declared fields
    const walked = withBody.filter((named) => !declares(named, name))
    expect(walked.length).toBeGreaterThan(20)
    for (const named of walked) {
      const { method } = named.operation
      const { status, body } = await request(server.url + pathOf(named.operation), {
        method,
        token: tokenFor(named, home),
        headers: { 'content-type': 'application/json' },
        body: bodyWith(named, `"${name}":${json}`),
      })
      expect([named.id, status, body.code]).toEqual([named.id, 400, 'malformed'])
    }
    expect(({} as { role?: string }).role).toBeUndefined()
  },
)

test('a parameter that comes twice, or that is unknown, is refused by every operation that has some', async ({
  server,
  home,
}) => {
  const walked = allOperations.filter(({ operation }) => operation.query !== undefined)
  expect(walked.length).toBeGreaterThan(10)
  for (const named of walked) {
    const { method, query, body } = named.operation
    const upload = Object.keys(named.operation.upload ?? {})[0]
    const ask = (search: string) =>
      request(`${server.url}${pathOf(named.operation)}?${search}`, {
        method,
        token: tokenFor(named, home),
        ...(upload === undefined ? {} : { headers: { 'content-type': upload }, body: 'a' }),
        ...(body === undefined ? {} : { body: exampleOf(body) }),
      })
    for (const [name, schema] of Object.entries(query?.properties ?? {})) {
      const value = encodeURIComponent(String(exampleOf(schema)))
      const answer = await ask(`${name}=${value}&${name}=${value}`)
      expect([named.id, name, answer.status, answer.body.code]).toEqual([named.id, name, 400, 'malformed'])
    }
    for (const name of ['accountId', '__proto__', 'constructor'])
      expect([named.id, name, (await ask(`${name}=1`)).status]).toEqual([named.id, name, 400])
  }
})
