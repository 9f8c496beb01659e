import type { Platform } from '../context.ts'

/** A database that does not answer is away, even when the connection stands. */
const silenceMs = 2_000
/** Probes come from several sides, every few seconds each: so long one that could be written to is taken to be so. */
const freshMs = 3_000

/** Some 128 kB: each block is new, so that one for which there is no room is noticed. */
const writeSql =
  'insert into pg_temp.readiness_probe select repeat(md5(n::text), 60) from generate_series(1, 64) as n'

/**
 * Whether the database can be worked with, which is more than that it answers: one whose disk is full still reads, and so does a standby. A
 * temporary table is written to, which leaves nothing behind; its file is emptied at each commit.
 */
export function databaseProbe({ reserved: { control } }: Pick<Platform, 'reserved'>): () => Promise<void> {
  let writtenAt = Number.NEGATIVE_INFINITY
  let underWay: Promise<void> | undefined

  async function probe(): Promise<void> {
    const client = await control.connect()
    const run = (text: string) => client.query<{ transaction_read_only: string }>({ text, ...bounds })
    try {
      const { rows } = await run('show transaction_read_only')
      if (rows[0]?.transaction_read_only !== 'off') throw new Error('the database is read-only')
      const now = performance.now()
      if (now - writtenAt > freshMs) {
        await run(
          'create temporary table if not exists readiness_probe (filling text not null) on commit delete rows',
        )
        await run(writeSql)
        writtenAt = now
      }
      client.release()
    } catch (error) {
      // the next one takes another connection
      client.release(error as Error)
      throw error
    }
  }

  return () => {
    underWay ??= probe().finally(() => {
      underWay = undefined
    })
    return underWay
  }
}

const bounds = { query_timeout: silenceMs }
