import { describe, expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'
import { request } from '../support/request.ts'

async function fill({ api }: TestAccount, count = 7): Promise<void> {
  const contacts = Array.from({ length: count }, (_, index) => ({ email: `c${index}@example.com` }))
  await api.contacts.batch({ contacts, onConflict: 'update' })
  for (let index = 0; index < 3; index++) await api.lists.create({ name: `List ${index}` })
}

interface PageOfAnything {
  data: { id: string }[]
  nextCursor: string | null
}

async function page(server: TestServer, { accessToken: token }: TestAccount, path: string) {
  const answer = await request(server.url + path, { token })
  return { ...answer, body: answer.body as unknown as PageOfAnything & { code?: string } }
}

const cursorOf = async (...args: Parameters<typeof page>) =>
  encodeURIComponent((await page(...args)).body.nextCursor ?? '')

describe('a cursor', () => {
  test('leads through everything once, and the Link header says the same', async ({ server, account }) => {
    await fill(account)
    const seen: string[] = []
    let path: string | undefined = '/v1/contacts?limit=3'
    for (let pages = 0; path !== undefined && pages < 10; pages++) {
      const { body, headers } = await page(server, account, path)
      seen.push(...body.data.map(({ id }) => id))
      const [, link] = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '') ?? []
      expect(link === undefined).toBe(body.nextCursor === null)
      if (link !== undefined)
        expect(new URL(link, server.url).searchParams.get('cursor')).toBe(body.nextCursor)
      path = link
    }
    expect([seen.length, new Set(seen).size]).toEqual([7, 7])
    expect(seen).toEqual([...seen].sort().reverse())
  })

  test('is good for another size of page, and for nothing else', async ({ server, account }) => {
    await fill(account)
    const other = await server.openAccount()
    await fill(other)
    const cursor = await cursorOf(server, account, '/v1/contacts?limit=2')
    expect((await page(server, account, `/v1/contacts?limit=5&cursor=${cursor}`)).body.data).toHaveLength(5)
    const refused = { status: 400, body: { code: 'invalid_cursor' } }
    // another filter, another listing, another account
    const since = encodeURIComponent('2020-01-01T00:00:00Z')
    expect(await page(server, account, `/v1/contacts?updatedSince=${since}&cursor=${cursor}`)).toMatchObject(
      refused,
    )
    expect(await page(server, account, `/v1/lists?cursor=${cursor}`)).toMatchObject(refused)
    expect(await page(server, other, `/v1/contacts?cursor=${cursor}`)).toMatchObject(refused)
  })

  test('that was changed anywhere is refused', async ({ server, account }) => {
    await fill(account)
    const good = (await page(server, account, '/v1/contacts?limit=2')).body.nextCursor ?? ''
    const bytes = Buffer.from(good, 'base64url')
    const tampered = [...bytes.keys()].map((at) => {
      const copy = Buffer.from(bytes)
      copy[at] = (copy[at] ?? 0) ^ 1
      return copy.toString('base64url')
    })
    for (const cursor of [...tampered, good.slice(0, -2), `${good}AA`, 'x', '%27%3B--', '%00', ''])
      expect([cursor, (await page(server, account, `/v1/contacts?cursor=${cursor}`)).status]).toEqual([
        cursor,
        400,
      ])
  })

  test('stays good when what it points at is deleted', async ({ server, account }) => {
    await fill(account)
    const { body } = await page(server, account, '/v1/lists?limit=1')
    await account.api.lists.delete(body.data[0]?.id ?? '')
    const next = await page(
      server,
      account,
      `/v1/lists?limit=5&cursor=${encodeURIComponent(body.nextCursor ?? '')}`,
    )
    expect(next.body.data).toHaveLength(2)
  })

  test('is refused on every listing with a limit that is none', async ({ server, account }) => {
    for (const limit of ['0', '201', '-1', '1.5', 'ten', '', '1e9', '9'.repeat(30)])
      for (const path of ['/v1/contacts', '/v1/lists', '/v1/audit-events', '/v1/campaigns']) {
        const answer = await request(`${server.url}${path}?limit=${limit}`, { token: account.accessToken })
        expect([limit, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([limit, 400, '/query/limit'])
      }
  })
})
