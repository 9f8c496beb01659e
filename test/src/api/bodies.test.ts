import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

const send = (
  server: TestServer,
  { accessToken: token }: TestAccount,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
) => request(`${server.url}/v1/contacts`, { token, method: 'POST', body, headers })

const codeOf = async (answer: ReturnType<typeof send>) => {
  const { status, body } = await answer
  return [status, body.code]
}

/** What a request may be refused with before anybody looks at what it asks for. */
const malformed = [400, 'malformed']

describe('a body', () => {
  test('that is no JSON is refused, in whatever way it is none', async ({ server, account }) => {
    const bodies = [
      '',
      ' ',
      '{',
      '{"email":}',
      "{'email':'ada@example.com'}",
      '{"email":"ada@example.com",}',
      '{"email":"ada@example.com"}{}',
      '{"email":"a\u0001b@example.com"}',
      '{"email":NaN}',
      'email=ada@example.com',
      '\ufeff\ufeff{}',
    ]
    for (const body of bodies)
      expect([body, ...(await codeOf(send(server, account, body)))]).toEqual([body, ...malformed])
    // not UTF-8: no text of ours
    const latin = Buffer.from('{"email":"ada@example.com","firstName":"Zo\xeb"}', 'latin1')
    expect([201, 400]).toContain((await send(server, account, latin)).status)
  })

  test('that reaches for the prototype is refused, at any depth and however it is written', async ({
    server,
    account,
  }) => {
    const bodies = [
      '{"__proto__":{"email":"ada@example.com"}}',
      '{"email":"ada@example.com","__proto__":null}',
      '{"email":"ada@example.com","\\u005f\\u005fproto__":{"isAdmin":true}}',
      '{"email":"ada@example.com","constructor":{"prototype":{"isAdmin":true}}}',
      '{"email":"ada@example.com","origin":{"source":"x","__proto__":{"isAdmin":true}}}',
      '{"email":"ada@example.com","attributes":{"__proto__":{"isAdmin":true}}}',
    ]
    for (const body of bodies)
      expect([body, ...(await codeOf(send(server, account, body)))]).toEqual([body, ...malformed])
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  test('of another type, or of two, is refused', async ({ server, account }) => {
    const good = '{"email":"ada@example.com"}'
    const types = [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
      'text/json',
      'nonsense',
      'application/xml',
    ]
    for (const type of types) {
      const [status] = await codeOf(send(server, account, good, { 'content-type': type }))
      expect([type, [400, 415].includes(Number(status))]).toEqual([type, true])
    }
    const refused = await send(server, account, good, { 'content-type': 'text/plain' })
    expect(refused).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
    const parameters = await send(server, account, good, {
      'content-type': 'Application/JSON; charset=utf-8',
    })
    expect(parameters.status).toBe(201)
  })

  test('with a field twice has the last one, as JSON has it, and only that', async ({ server, account }) => {
    const { status, body } = await send(
      server,
      account,
      '{"email":"first@example.com","email":"last@example.com"}',
    )
    expect([status, body.email]).toEqual([201, 'last@example.com'])
    expect((await account.api.contacts.list()).data).toHaveLength(1)
  })

  test('larger than its bound is refused, whatever it says of its length', async ({ server, account }) => {
    const large = `{"email":"ada@example.com","firstName":"${'a'.repeat(1024 * 1024)}"}`
    expect(await codeOf(send(server, account, large))).toEqual([413, 'payload_too_large'])
    const chunked = await fetch(`${server.url}/v1/contacts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${account.accessToken}`, 'content-type': 'application/json' },
      body: new Blob([large]).stream(),
      duplex: 'half',
      redirect: 'error',
    } as RequestInit)
    expect([chunked.status, ((await chunked.json()) as { code: string }).code]).toEqual([
      413,
      'payload_too_large',
    ])
  })
})

describe('a query', () => {
  const ask = async (server: TestServer, { accessToken: token }: TestAccount, query: string) => {
    const { status, body } = await request(`${server.url}/v1/contacts?${query}`, { token })
    return [status, body.errors?.[0]?.pointer]
  }

  test('with a parameter twice is refused with its pointer', async ({ server, account }) => {
    for (const query of ['limit=1&limit=2', 'email=a@example.com&email=b@example.com', 'cursor=a&cursor=b'])
      expect([query, ...(await ask(server, account, query))]).toEqual([
        query,
        400,
        `/query/${query.split('=')[0]}`,
      ])
  })

  test('with a parameter unknown, nested or of the prototype is refused', async ({ server, account }) => {
    for (const name of ['Limit', 'limit[]', 'limit[a]', '__proto__', 'constructor', 'toString'])
      expect([name, ...(await ask(server, account, `${name}=1`))]).toEqual([name, 400, `/query/${name}`])
  })

  test('that is not well encoded is refused or read as it stands, and breaks nothing', async ({
    server,
    account,
  }) => {
    for (const query of [
      'email=%',
      'email=%zz',
      'email=%ff',
      '%',
      '&&&',
      '=',
      '?'.repeat(100),
      `email=${'a'.repeat(10_000)}`,
    ])
      expect([200, 400, 414, 431]).toContain((await ask(server, account, query))[0])
  })
})

test('a path that is none is not found, as a problem', async ({ server, account }) => {
  const paths = [
    '/v1',
    '/v1/',
    '/v1/nothing',
    '/v1/contacts/',
    '/V1/contacts',
    '/v1/contacts/../account',
    '//v1/contacts',
    '/v1/contacts/not-an-id',
    '/v1/contacts/%2e%2e',
    '/v1/contacts/%',
  ]
  for (const path of paths) {
    const response = await request(`${server.url}${path}`, { token: account.accessToken })
    expect([path, [200, 400, 404].includes(response.status)]).toEqual([path, true])
    if (response.status !== 200)
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  }
})

test('a method that an operation does not have is not found, and changes nothing', async ({
  server,
  account,
}) => {
  const { id } = await account.api.contacts.create({ email: 'ada@example.com' })
  for (const method of ['POST', 'PUT', 'OPTIONS', 'HEAD']) {
    const { status } = await request(`${server.url}/v1/contacts/${id}`, {
      method,
      token: account.accessToken,
    })
    expect([method, [200, 404, 405].includes(status)]).toEqual([method, true])
  }
  const headers = { 'x-http-method-override': 'DELETE' }
  await request(`${server.url}/v1/contacts/${id}`, { method: 'POST', headers, token: account.accessToken })
  expect((await account.api.contacts.get(id)).id).toBe(id)
})
