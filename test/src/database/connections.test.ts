import { createLog, createPlatform } from '@envoi/core'
import { openPool } from '@envoi/core/connections/open-pool'
import { expect, test } from '../support/fixture.ts'

const log = createLog('silent')

test('no session compiles queries, and in an API a statement ends before its request is given up', async ({
  server,
}) => {
  const { settings } = server.platform
  const api = createPlatform(settings, { log, kind: 'api' })
  const show = `select current_setting('jit') as jit, extract(epoch from current_setting('statement_timeout')::interval)::int as seconds`
  type Shown = { jit: string; seconds: number }
  const { pages, tracking, control } = api.reserved
  const shown: Shown[] = []
  for (const pool of [api.pool, pages.pool, tracking, control])
    shown.push(...(await pool.query<Shown>(show)).rows)
  shown.push(...(await api.db.$queryRawUnsafe<Shown[]>(show)))
  shown.push(...(await pages.db.$queryRawUnsafe<Shown[]>(show)))
  shown.push(...((await api.lanes?.run('a', undefined, (db) => db.$queryRawUnsafe<Shown[]>(show))) ?? []))
  expect(shown).toHaveLength(7)
  for (const { jit, seconds } of shown) {
    expect(jit).toBe('off')
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThan(55)
  }
  await api.close()
  const worker = createPlatform(settings, { log, kind: 'worker' })
  const { rows } = await worker.pool.query<Shown>(show)
  expect(rows).toEqual([{ jit: 'off', seconds: 15 * 60 }])
  expect(worker.lanes).toBeNull()
  await worker.close()
})

test('what an operator sets in the address of the database wins', async ({ server }) => {
  const url = new URL(server.platform.url)
  url.searchParams.set('options', '-c statement_timeout=7s -c work_mem=9MB')
  const pool = openPool(url.href, log, { name: 'test', max: 1, statementMs: 1_000, connectMs: 5_000 })
  const { rows } = await pool.query(
    `select current_setting('statement_timeout') as statement, current_setting('work_mem') as memory, current_setting('jit') as jit`,
  )
  expect(rows).toEqual([{ statement: '7s', memory: '9MB', jit: 'off' }])
  await pool.end()
})
