import { parse } from 'csv-parse/sync'
import { expect, type TestAccount, type TestServer, test } from '../support/fixture.ts'

const hour = 3_600_000

async function all<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of list) items.push(item)
  return items
}

const textOf = async (stream: unknown) => new Response(stream as ReadableStream).text()

/** As many events as asked for, an hour apart, the last one an hour ago. */
async function fill({ platform }: TestServer, { id: accountId }: TestAccount, count: number) {
  const now = platform.clock.now().getTime()
  const data = Array.from({ length: count }, (_, index) => {
    const at = new Date(now - (count - index) * hour)
    const time = at.getTime().toString(16).padStart(12, '0')
    return {
      accountId,
      id: `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${index.toString(16).padStart(12, '0')}`,
      actorType: index % 2 === 0 ? 'system' : 'operator',
      action: index % 3 === 0 ? 'imports.run' : '=cmd()',
      outcome: index % 5 === 0 ? 'failure' : 'success',
      changed: ['firstName', 'lastName'],
      counts: { created: index },
      at,
    }
  })
  await platform.db.auditEvent.createMany({ data })
  return data
}

test('events are found by who did them, what came of it, and when', async ({ server, account }) => {
  const made = await fill(server, account, 30)
  const { auditEvents } = account.api
  const idsOf = async (query: Parameters<typeof auditEvents.list>[0]) =>
    (await all(auditEvents.list({ limit: 7, ...query }))).map(({ id }) => id)
  const expected = (holds: (event: (typeof made)[number]) => boolean) =>
    made
      .filter(holds)
      .map(({ id }) => id)
      .reverse()

  expect(await idsOf({ outcome: 'failure' })).toEqual(expected(({ outcome }) => outcome === 'failure'))
  expect(await idsOf({ actorType: 'system', action: 'imports.run' })).toEqual(
    expected(({ actorType, action }) => actorType === 'system' && action === 'imports.run'),
  )
  const [since, until] = [made[10]?.at ?? new Date(), made[20]?.at ?? new Date()]
  expect(await idsOf({ since: since.toISOString(), until: until.toISOString() })).toEqual(
    expected(({ at }) => at >= since && at < until),
  )
  const { id: userId } = await account.api.users.me()
  const own = await all(auditEvents.list({ actorId: userId }))
  expect(own.length).toBeGreaterThan(0)
  expect(own.every(({ actor }) => actor.id === userId)).toBe(true)
})

test('the export holds what the list shows, oldest first, as CSV and as NDJSON, and is on record', async ({
  server,
  account,
}) => {
  await fill(server, account, 1_203)
  const { auditEvents } = account.api
  const query = { outcome: 'success' }
  const shown = (await all(auditEvents.list({ limit: 200, ...query }))).reverse()
  expect(shown.length).toBeGreaterThan(900)

  const lines = (await textOf(await auditEvents.export({ ...query, format: 'ndjson' }))).trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual(shown)

  const csv = await textOf(await auditEvents.export(query))
  const rows: Record<string, string>[] = parse(csv, { columns: true, bom: true })
  // the first export is in the second one
  expect(rows.slice(0, shown.length).map(({ id, at, counts }) => [id, at, counts])).toEqual(
    shown.map(({ id, at, counts }) => [id, at, counts === null ? '' : JSON.stringify(counts)]),
  )
  expect(rows.length).toBe(shown.length + 1)
  // a spreadsheet runs nothing of it
  expect(rows.some(({ action }) => action === "'=cmd()")).toBe(true)
  const exports = await all(auditEvents.list({ action: 'auditEvents.export' }))
  expect(exports).toHaveLength(2)
})

test('network addresses are masked for who may see nobody, in the list and in both exports', async ({
  account,
}) => {
  const { address } = (await account.api.auditEvents.list({ limit: 1 })).data[0] ?? {}
  expect(address).toMatch(/^[0-9a-f.:]+$/)
  const { auditEvents } = await account.as({ permissions: ['audit:read'] })
  const texts = [
    JSON.stringify(await auditEvents.list()),
    await textOf(await auditEvents.export({ format: 'ndjson' })),
    await textOf(await auditEvents.export({ format: 'csv' })),
  ]
  for (const text of texts)
    expect([text.includes(String(address)), text.includes('***')]).toEqual([false, true])
})

test('the export of one account holds nothing of another', async ({ server, account }) => {
  const other = await server.openAccount()
  await fill(server, other, 5)
  const own = await textOf(await account.api.auditEvents.export({ format: 'ndjson' }))
  const foreign = await all(other.api.auditEvents.list())
  for (const { id } of foreign) expect(own).not.toContain(id)
})
