import { expect, test } from 'vitest'
import { clientTokens } from './client-tokens.ts'
import { answer, patientApi, problem, scriptedServer } from './testing/scripted-server.ts'

const client = { clientId: 'the id', clientSecret: 'the key' }
const token = (access_token: string) =>
  answer(200, { access_token, token_type: 'Bearer', expires_in: 600, scope: 'contacts:read' })

test('a token is renewed a minute before it ends, once for all who ask', async () => {
  const { url, seen } = await scriptedServer(token('one'), token('two'))
  const { api } = patientApi(url)
  let now = 0
  const tokens = clientTokens(api, client, () => now)
  expect(await Promise.all([tokens.get(), tokens.get(), tokens.get()])).toEqual(['one', 'one', 'one'])
  now = 539_999
  expect(await tokens.get()).toBe('one')
  now = 540_000
  expect(await Promise.all([tokens.get(), tokens.get()])).toEqual(['two', 'two'])
  expect(seen.map(({ method, url, headers, body }) => [method, url, headers['content-type'], body])).toEqual(
    Array(2).fill([
      'POST',
      '/v1/oauth/token',
      'application/x-www-form-urlencoded',
      'grant_type=client_credentials&client_id=the+id&client_secret=the+key',
    ]),
  )
})

test('a renewal that fails fails those who wait for it, and is tried again by the next', async () => {
  const { url } = await scriptedServer(problem(401, 'invalid_client'), token('later'))
  const { api } = patientApi(url)
  const tokens = clientTokens(api, client, () => 0)
  const outcomes = await Promise.allSettled([tokens.get(), tokens.get()])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await tokens.get()).toBe('later')
})
