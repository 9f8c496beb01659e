import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'

async function post(
  server: TestServer,
  account: TestAccount,
  path: string,
  body: string,
  headers: Record<string, string> = {},
) {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${account.accessToken}`,
      'content-type': 'application/json',
      ...headers,
    },
    body,
  })
  const text = await response.text()
  return {
    status: response.status,
    body: JSON.parse(text) as { code?: string; errors?: { pointer: string }[] },
  }
}

describe('hostile values of a contact', () => {
  // test/src/api/text.test.ts has NUL and halves of surrogate pairs, which no operation takes
  for (const [what, text] of [
    ['CR/LF', 'Ada\r\nBcc: victim@example.com'],
    ['a vertical tab', 'a\u000bb'],
    ['a line separator', 'a\u2028b'],
  ] as const) {
    test(`${what} in any line of text is refused with its pointer`, async ({ server, account }) => {
      for (const field of ['email', 'phone', 'externalId', 'firstName', 'lastName', 'locale', 'timezone']) {
        const body = JSON.stringify({ email: 'ada@example.com', [field]: text })
        const answer = await post(server, account, '/v1/contacts', body)
        expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([422, `/${field}`])
      }
      const origin = JSON.stringify({ email: 'ada@example.com', origin: { source: text } })
      expect((await post(server, account, '/v1/contacts', origin)).status).toBe(422)
    })

    test(`${what} in a key or a value of attributes is refused`, async ({ server, account }) => {
      await account.api.fields.create({ key: 'city', label: 'City', type: 'url' })
      for (const attributes of [{ [text]: 'x' }, { city: text }]) {
        const answer = await post(
          server,
          account,
          '/v1/contacts',
          JSON.stringify({ email: 'ada@example.com', attributes }),
        )
        expect([answer.status, answer.body.code]).toEqual([422, 'invalid'])
      }
    })

    test(`${what} in names of lists and fields is refused`, async ({ server, account }) => {
      expect((await post(server, account, '/v1/lists', JSON.stringify({ name: text }))).status).toBe(422)
      const field = { key: 'city', type: 'choice' }
      expect(
        (await post(server, account, '/v1/fields', JSON.stringify({ ...field, label: text, choices: ['x'] })))
          .status,
      ).toBe(422)
      expect(
        (await post(server, account, '/v1/fields', JSON.stringify({ ...field, label: 'x', choices: [text] })))
          .status,
      ).toBe(422)
    })
  }

  test('keys of the prototype reach nothing', async ({ server, account }) => {
    for (const attributes of [
      '{"__proto__":{"isAdmin":true}}',
      '{"constructor":{"prototype":{"isAdmin":true}}}',
      '{"constructor":"x"}',
      '{"toString":"x"}',
    ]) {
      const answer = await post(
        server,
        account,
        '/v1/contacts',
        `{"email":"ada@example.com","attributes":${attributes}}`,
      )
      expect([400, 422]).toContain(answer.status)
    }
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
    expect((await account.api.contacts.list()).data).toEqual([])
  })

  test('JSON nested ten thousand levels deep is refused, not survived by luck', async ({
    server,
    account,
  }) => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
    const body = `{"email":"ada@example.com","attributes":{"deep":${deep}}}`
    for (const headers of [undefined, { 'idempotency-key': 'deep' }]) {
      const answer = await post(server, account, '/v1/contacts', body, headers)
      expect([400, 422]).toContain(answer.status)
    }
    const batch = await post(
      server,
      account,
      '/v1/contacts/batch',
      `{"onConflict":"update","contacts":[{"attributes":{"deep":${deep}}}]}`,
    )
    expect(batch.status).toBe(400)
  })

  test('bodies beyond their bound are refused', async ({ server, account }) => {
    const large = JSON.stringify({ email: 'ada@example.com', firstName: 'a'.repeat(2 * 1024 * 1024) })
    expect((await post(server, account, '/v1/contacts', large)).status).toBe(413)
    const long = JSON.stringify({ email: 'ada@example.com', firstName: 'a'.repeat(101) })
    expect((await post(server, account, '/v1/contacts', long)).status).toBe(400)
    const many = JSON.stringify({
      onConflict: 'update',
      contacts: Array.from({ length: 5_001 }, () => ({ email: 'a@example.com' })),
    })
    expect((await post(server, account, '/v1/contacts/batch', many)).status).toBe(400)
  })
})
