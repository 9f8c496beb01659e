import { expect, test } from 'vitest'
import { listOf } from './list.ts'
import { contacts } from './resources/contacts.ts'
import { answer, patientApi, problem, scriptedServer } from './testing/scripted-server.ts'

function threePages() {
  const fetched: (string | undefined)[] = []
  const pages: Record<string, { data: number[]; nextCursor: string | null }> = {
    start: { data: [1, 2], nextCursor: 'b' },
    b: { data: [], nextCursor: 'c' },
    c: { data: [3], nextCursor: null },
  }
  const list = listOf(async (cursor) => {
    fetched.push(cursor)
    return pages[cursor ?? 'start'] ?? { data: [], nextCursor: null }
  })
  return { list, fetched }
}

test('awaited, a list is its first page, fetched once', async () => {
  const { list, fetched } = threePages()
  expect(await list).toEqual({ data: [1, 2], nextCursor: 'b' })
  await list
  expect(fetched).toEqual([undefined])
})

test('iterated, a list is all its items, an empty page in the middle included', async () => {
  const { list, fetched } = threePages()
  const items: number[] = []
  for await (const item of list) items.push(item)
  expect(items).toEqual([1, 2, 3])
  expect(fetched).toEqual([undefined, 'b', 'c'])
})

test('a loop that is left early fetches no further page', async () => {
  const { list, fetched } = threePages()
  for await (const item of list) if (item === 2) break
  expect(fetched).toEqual([undefined])
})

test('a list that nobody awaits sends nothing', async () => {
  const server = await scriptedServer()
  contacts(patientApi(server.url).api).list()
  await new Promise((resolve) => setImmediate(resolve))
  expect(server.seen).toEqual([])
})

test('a list is a promise in full: catch, finally, Promise.all', async () => {
  const server = await scriptedServer(
    problem(403, 'permission_missing'),
    answer(200, { data: [], nextCursor: null }),
  )
  const api = contacts(patientApi(server.url).api)
  let settled = false
  expect(await api.list().catch((error: { code: string }) => error.code)).toBe('permission_missing')
  const [page] = await Promise.all([
    api.list().finally(() => {
      settled = true
    }),
  ])
  expect([page.data, settled]).toEqual([[], true])
})

test('the filters go with each page, and the cursor of the page before', async () => {
  const server = await scriptedServer(
    answer(200, { data: [{ id: '1' }], nextCursor: 'next/+&' }),
    answer(200, { data: [{ id: '2' }], nextCursor: null }),
  )
  const ids: string[] = []
  for await (const { id } of contacts(patientApi(server.url).api).list({
    email: 'ada+1@example.com',
    limit: 1,
  }))
    ids.push(id)
  expect(ids).toEqual(['1', '2'])
  expect(
    server.seen.map(({ url }) => Object.fromEntries(new URL(url ?? '', 'http://x').searchParams)),
  ).toEqual([
    { email: 'ada+1@example.com', limit: '1' },
    { email: 'ada+1@example.com', limit: '1', cursor: 'next/+&' },
  ])
})
