import { buildServer } from '@envoi/api'
import { onTestFinished } from 'vitest'
import { expect, type TestServer, test } from '../support/fixture.ts'
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

/** A server that shows five pages a minute to a network, behind a proxy that says who asks. */
async function guesser({ server }: { server: TestServer }) {
  const app = await buildServer(
    { ...server.platform, settings: { ...server.platform.settings, trustedProxies: 1 } },
    { limits: { perCredentials: 10, perAddress: 5 } },
  )
  onTestFinished(async () => {
    await app.close()
  })
  return async (method: 'GET' | 'POST', url: string, from: string) =>
    (await app.inject({ method, url, headers: { 'x-forwarded-for': from } })).statusCode
}

const refused = (statuses: number[]) => statuses.filter((status) => status === 429).length

test('a page has one limit, whatever is added to its URL, and from wherever in a network', async ({
  server,
}) => {
  const ask = await guesser({ server })
  const network = '2001:db8:5:5'
  const guesses: number[] = []
  for (let n = 0; n < 10; n++)
    guesses.push(await ask('GET', n % 2 === 0 ? `/p/guess?x=${n}` : `/p/guess${n}?`, `${network}::${n}`))
  expect(guesses).toEqual([404, 404, 404, 404, 404, 429, 429, 429, 429, 429])
  // the neighbours in another network, and the other pages, go on
  expect(await ask('GET', '/p/guess', '2001:db8:5:6::1')).toBe(404)
  expect(await ask('GET', '/view/guess', `${network}::1`)).toBe(404)
})

test('a link is one link, whatever is added to it and from wherever it is used', async ({
  server,
  account,
}) => {
  const ask = await guesser({ server })
  const { links } = await subscriber({ server, account })
  const { pathname } = new URL(links.unsubscribe)
  const spelled = (n: number) =>
    n % 2 === 0
      ? `${pathname}?x=${n}`
      : pathname.replace(/.$/, (last) => `%${last.charCodeAt(0).toString(16)}`)
  const used: number[] = []
  for (let n = 0; n < 4; n++) used.push(await ask('POST', spelled(n), `198.51.100.${n}`))
  expect([used[0], refused(used)]).toEqual([200, 3])
})
