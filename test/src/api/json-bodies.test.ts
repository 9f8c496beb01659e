import { expect, test } from '../support/fixture.ts'

test('a body nested beyond reason is refused, one with brackets in its texts is not', async ({
  server,
  account,
}) => {
  const send = async (body: string) => {
    const response = await fetch(`${server.url}/v1/account`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${account.accessToken}`,
        'content-type': 'application/merge-patch+json',
      },
      body,
    })
    const { code } = (await response.json()) as { code?: string }
    return [response.status, code]
  }
  expect(await send(`{"name":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toEqual([400, 'malformed'])
  expect(await send(`{"name":${'{"a":'.repeat(70)}1${'}'.repeat(70)}}`)).toEqual([400, 'malformed'])
  expect(await send('{"name":"[')).toEqual([400, 'malformed'])
  expect(await send(`{"name":"${'[{'.repeat(80)}\\"["}`)).toEqual([200, undefined])
})
