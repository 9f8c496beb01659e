import { buildServer } from '@envoi/api'
import { expect, test } from '../support/fixture.ts'
import { subscriber } from './support.ts'

test('guessing links ends soon, while a mailbox provider unsubscribes everybody from one address', async ({
  server,
  account,
}) => {
  const people = await Promise.all(Array.from({ length: 8 }, () => subscriber({ server, account })))
  const app = await buildServer(server.platform, { limits: { perCredentials: 10, perAddress: 5 } })
  try {
    const get = async (url: string) => (await app.inject({ method: 'GET', url })).statusCode
    const guesses: number[] = []
    for (let n = 0; n < 7; n += 1) guesses.push(await get('/u/guess'))
    expect(guesses).toEqual([404, 404, 404, 404, 404, 429, 429])
    const limited = await app.inject({ method: 'GET', url: '/u/guess' })
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0)
    expect(limited.headers['content-type']).toBe('text/html; charset=utf-8')
    for (const { links } of people) {
      const { pathname } = new URL(links.unsubscribe)
      expect((await app.inject({ method: 'POST', url: pathname })).statusCode).toBe(200)
    }
  } finally {
    await app.close()
  }
})
