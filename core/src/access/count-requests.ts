import { createHmac } from 'node:crypto'
import pg from 'pg'
import type { Platform } from '../context.ts'

/** What is counted, by how much, within which window. */
export interface Draw {
  name: string
  count: number
  windowMs: number
}

export interface Counted {
  /** By all processes, this draw included. */
  count: number
  endsAt: Date
}

export interface RequestCounts {
  /** Connects, so that the first request does not wait for it. */
  open(): Promise<void>
  /** Counts several things at once; each is named once. Answers in their order. */
  draw(draws: readonly Draw[]): Promise<Counted[]>
  close(): Promise<void>
}

/** What has no answer by then gets none, and its connection is closed. Nobody waits so long: whoever asks counts in memory meanwhile. */
const GIVE_UP_MS = 5_000

/**
 * Counts for all processes together. On a connection of its own: a request that waits for one of the pool, or holds the last one, is
 * counted nevertheless. Keys are HMACs, as nobody's network is to be read from the table.
 */
export function openRequestCounts({ settings, keys, clock, log }: Platform): RequestCounts {
  const pool = new pg.Pool({
    connectionString: settings.databaseUrl,
    application_name: 'envoi limits',
    connectionTimeoutMillis: GIVE_UP_MS,
    query_timeout: GIVE_UP_MS,
    keepAlive: true,
    idleTimeoutMillis: 0,
    max: 1,
  })
  pool.on('error', (error) => log.debug({ err: error }, 'an idle connection of the limits broke'))
  const keyOf = (name: string) => createHmac('sha256', keys.derive('limits')).update(name).digest()
  return {
    async open() {
      await pool.query('select 1')
    },
    async draw(draws) {
      const named = draws.map((draw) => ({ ...draw, key: keyOf(draw.name) }))
      const { rows } = await pool.query<{ key: Buffer; count: number; endsAt: Date }>({
        name: 'count-requests',
        text: sql,
        values: [
          named.map(({ key }) => key),
          named.map(({ count }) => count),
          named.map(({ windowMs }) => windowMs),
          clock.now(),
        ],
      })
      const counted = new Map(rows.map((row) => [row.key.toString('hex'), row]))
      return named.map(({ key }) => {
        const row = counted.get(key.toString('hex'))
        if (row === undefined) throw new Error('a count was not answered')
        return { count: row.count, endsAt: row.endsAt }
      })
    },
    close: () => pool.end(),
  }
}

// in one order for all processes: they lock the same rows. A window that ends later than any can was set by a wrong clock.
const sql = `
  insert into request_count as known (key, count, ends_at)
  select key, count, $4::timestamptz + window_ms * interval '1 millisecond'
  from unnest($1::bytea[], $2::integer[], $3::integer[]) as given (key, count, window_ms)
  order by key
  on conflict (key) do update
  set
    count = case when known.ends_at <= $4::timestamptz then 0 else known.count end + excluded.count,
    ends_at = case when known.ends_at <= $4::timestamptz then excluded.ends_at else least(known.ends_at, excluded.ends_at) end
  returning key, count, ends_at as "endsAt"`
