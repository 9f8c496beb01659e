import type { PoolClient } from 'pg'
import { onTestFinished } from 'vitest'
import type { TestServer } from '../support/fixture.ts'
import { until } from '../support/until.ts'

/** Locks a row about the person, so that the erasure gets no further than to it. */
export async function lockRow(
  { platform }: TestServer,
  table: string,
  accountId: string,
): Promise<PoolClient> {
  const client = await platform.direct.connect()
  // its server may be killed
  client.on('error', () => undefined)
  onTestFinished(() => client.release(true))
  await client.query('begin')
  await client.query(`select from ${table} where account_id = $1 for update`, [accountId])
  return client
}

export const untilItWaits = ({ platform }: TestServer, table: string) =>
  until(
    `the erasure waits for ${table}`,
    async () => {
      const { rows } = await platform.direct.query(
        `select from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query ~ $1`,
        [`delete from ${table}\\M`],
      )
      return rows.length > 0
    },
    60_000,
  )
