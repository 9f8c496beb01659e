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

test('a body of 1 MiB in which everything is wrong is refused at once, and told in a few lines', async ({
  server,
  account,
}) => {
  const hostile = (rule: string) => `{"name":"x","rule":${rule}}`
  const empty = '{},'.repeat(340_000)
  const started = performance.now()
  for (const rule of [`{"all":[${empty}{}]}`, `{"any":[{"all":[${empty}{}]}]}`]) {
    const response = await fetch(`${server.url}/v1/segments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${account.accessToken}`, 'content-type': 'application/json' },
      body: hostile(rule),
    })
    const { code, errors } = (await response.json()) as { code?: string; errors?: unknown[] }
    expect([response.status, code]).toEqual([400, 'malformed'])
    expect(errors?.length).toBeLessThanOrEqual(50)
  }
  // it took minutes; what remains is the reading of the JSON
  expect(performance.now() - started).toBeLessThan(20_000)
})
