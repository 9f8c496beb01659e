/** Headers that somebody made to be slow to read: whoever sends them, others are answered as before. */
import { Agent, type OutgoingHttpHeaders, request as send } from 'node:http'
import { startExtraServer } from '../support/extra-server.ts'
import { expect, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

/** One request by Node's client, which sends what it is given; answers the status. */
const ask = (url: string, headers: OutgoingHttpHeaders, options: { method?: string; agent?: Agent } = {}) =>
  new Promise<number>((resolve, reject) => {
    const asked = send(url, { headers, ...options }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
    })
    asked.on('error', reject).end()
  })

const median = (of: number[]) => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

/** Node takes 16 kB of headers. */
const many = 15_500
const shapes = {
  spaces: `a${' '.repeat(many)}x`,
  tabs: `a${'\t'.repeat(many)}x`,
  semicolons: `a${';'.repeat(many)}x`,
  commas: ','.repeat(many),
  quotes: `a="${'\\'.repeat(many)}`,
  letters: 'a'.repeat(many),
  digits: `1${'0'.repeat(many)}x`,
  'spaces and semicolons': ' ;'.repeat(many / 2),
  'weights without end': 'q=0.1;'.repeat(many / 6),
}

const names = [
  'accept',
  'accept-language',
  'access-control-request-method',
  'authorization',
  'content-encoding',
  'content-type',
  'cookie',
  'dnt',
  'forwarded',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'origin',
  'referer',
  'sec-gpc',
  'sec-purpose',
  'user-agent',
  'x-anything',
  'x-forwarded-for',
  'x-forwarded-host',
]

test('no header costs more than an ordinary one, wherever it is sent', { timeout: 60_000 }, async ({
  server,
}) => {
  const agent = new Agent({ keepAlive: true })
  const places: [string, string?][] = [
    ['/u/wrong'],
    ['/c/wrong'],
    ['/v1/account'],
    ['/v1/sessions', 'POST'],
    ['/v1/x', 'OPTIONS'],
  ]
  const slow: unknown[] = []
  for (const [path, method = 'GET'] of places) {
    const cost = async (headers: OutgoingHttpHeaders, times: number) => {
      const took: number[] = []
      for (let i = 0; i < times; i++)
        took.push(await timed(() => ask(server.url + path, headers, { method, agent })))
      return took
    }
    const ordinary = median(await cost({ 'accept-language': 'fr-FR,fr;q=0.9' }, 20))
    for (const name of names)
      for (const [shape, value] of Object.entries(shapes)) {
        // the machine may be busy at one moment, not at each of five
        const took = Math.min(...(await cost({ [name]: value }, 1)))
        const again = took > ordinary * 5 + 20 ? Math.min(...(await cost({ [name]: value }, 5))) : took
        if (again > ordinary * 5 + 20) slow.push([path, name, shape, again, ordinary])
      }
  }
  agent.destroy()
  expect(slow).toEqual([])
})

test('six connections that send them do not keep others from being answered, refused as they are or not', {
  timeout: 60_000,
}, async ({ server, account }) => {
  const { url, close } = await startExtraServer(server.platform, {
    limits: { perCredentials: 100_000, perAddress: 20 },
  })
  /** What another account waits for an answer while six connections ask for a page, one request after the other. */
  const waitBeside = async (acceptLanguage: string) => {
    let isOver = false
    const agent = new Agent({ keepAlive: true, maxSockets: 6 })
    const statuses = new Set<number>()
    const attackers = Array.from({ length: 6 }, async () => {
      while (!isOver)
        statuses.add(await ask(`${url}/u/wrong`, { 'accept-language': acceptLanguage }, { agent }))
    })
    const took: number[] = []
    for (let i = 0; i < 15; i++)
      took.push(
        await timed(async () => {
          expect((await request(`${url}/v1/account`, { token: account.accessToken })).status).toBe(200)
        }),
      )
    isOver = true
    await Promise.all(attackers)
    agent.destroy()
    expect(statuses).toContain(429)
    return median(took)
  }
  const ordinary = await waitBeside('fr-FR,fr;q=0.9')
  const attacked = await waitBeside(shapes.spaces)
  expect(attacked).toBeLessThan(ordinary * 4 + 40)
  await close()
})

test('what is too long to be cut is refused, and says which header it is', async ({ server, account }) => {
  const token = account.accessToken
  for (const [name, value] of [
    ['content-type', `application/json;${'x'.repeat(300)}`],
    ['origin', `https://${'a'.repeat(600)}.example`],
    ['if-match', `"${'1'.repeat(1_100)}"`],
  ] as const) {
    const { status, body } = await request(`${server.url}/v1/lists`, {
      token,
      headers: { [name]: value },
      body: { name: 'News' },
    })
    expect([status, body.code]).toEqual([400, 'malformed'])
    expect(body.detail).toContain(`The header ${name} must have at most`)
  }
  expect((await account.api.lists.list()).data).toEqual([])
})

test('a browser that is asked to say much is served all the same', async ({ server, account }) => {
  const headers = { 'user-agent': 'Mozilla/5.0 '.repeat(500), cookie: 'a=b; '.repeat(1_500) }
  const { status } = await request(`${server.url}/v1/account`, { token: account.accessToken, headers })
  expect(status).toBe(200)
})

test('only the nearest proxies are believed, however long the list is that came to them', async ({
  server,
}) => {
  const { url, close } = await startExtraServer(server.platform, {
    settings: { trustedProxies: 1 },
  })
  const list = `${'203.0.113.1, '.repeat(1_000)}198.51.100.7`
  expect((await request(`${url}/v1/account`, { headers: { 'x-forwarded-for': list } })).status).toBe(401)
  await close()
})
