import { expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'

const call = (server: TestServer, token: string, method: string, path: string, more: object = {}) =>
  fetch(`${server.url}${path}`, { method, headers: { authorization: `Bearer ${token}`, ...more } })

async function etagOf(server: TestServer, token: string, path: string): Promise<string> {
  const answer = await call(server, token, 'GET', path)
  await answer.text()
  return answer.headers.get('etag') ?? ''
}

async function ada(account: TestAccount) {
  const { id } = await account.api.contacts.create({ email: 'ada@example.com', firstName: 'Ada' })
  return { id, path: `/v1/contacts/${id}` }
}

test('an answer with another body has another ETag, for whatever reason it is another', async ({
  server,
  account,
}) => {
  const { id, path } = await ada(account)
  const first = await etagOf(server, account.accessToken, path)
  expect(first).toMatch(/^"1-[\w-]{10}"$/)
  expect(await etagOf(server, account.accessToken, path)).toBe(first)
  const masked = await account.key({ permissions: ['contacts:read'] })
  expect(await etagOf(server, masked, path)).not.toBe(first)
  const list = await account.api.lists.create({ name: 'Salon' })
  await account.api.lists.addMembers(list.id, { contactIds: [id] })
  expect(await etagOf(server, account.accessToken, path)).not.toBe(first)
})

test('what is no change of the resource does not stand in the way of one', async ({ server, account }) => {
  const { id, path } = await ada(account)
  const ifMatch = await etagOf(server, account.accessToken, path)
  const list = await account.api.lists.create({ name: 'Salon' })
  await account.api.lists.addMembers(list.id, { contactIds: [id] })
  const change = { firstName: 'Augusta' }
  expect((await account.api.contacts.update(id, change, { ifMatch })).firstName).toBe('Augusta')
  await expect(account.api.contacts.update(id, change, { ifMatch })).rejects.toMatchObject({
    code: 'precondition_failed',
  })
})

test('a condition that an operation does not look at is refused, not passed over', async ({
  server,
  account,
}) => {
  const { id, path } = await ada(account)
  const answer = await call(server, account.accessToken, 'DELETE', path, { 'if-match': '"99"' })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    code: 'malformed',
    detail: expect.stringContaining('If-Match'),
  })
  expect((await account.api.contacts.get(id)).id).toBe(id)
})
