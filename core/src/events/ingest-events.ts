import type pg from 'pg'
import type { Platform } from '../context.ts'
import { lowestIdAt } from '../ids.ts'
import { BURST_MS, classify } from '../tracking/classify.ts'
import { countLinks, moveEvents, takeEvents } from './ingest.sql.ts'

interface InboxRow {
  account_id: string
  id: string
  type: string
  contact_id: string | null
  message_id: string | null
  link: number | null
  hints: string[]
  occurred_at: Date
  sent_at: Date | null
  /** When its message left, as far as is known. */
  left_at: Date | null
}

export interface Ingested {
  /** How many were judged. */
  events: number
  /** When what is left can be judged; null when the inbox is empty. */
  nextAt: Date | null
}

/**
 * Judges what the edge has recorded (human, machine or unknown, with reasons), attributes it, and rolls it up on contacts;
 * batch by batch until nothing can be judged. Any number of workers may do it at once.
 */
export async function ingestEvents(
  platform: Platform,
  options: { signal?: AbortSignal; batchSize?: number } = {},
): Promise<Ingested> {
  const { signal, batchSize = 2_000 } = options
  let events = 0
  for (;;) {
    signal?.throwIfAborted()
    const batch = await ingestBatch(platform, batchSize)
    events += batch
    if (batch < batchSize) break
  }
  const { rows } = await platform.pool.query<{ oldest: Date | null }>(
    'select min(occurred_at) as oldest from event_inbox',
  )
  const oldest = rows[0]?.oldest ?? null
  return {
    events,
    nextAt:
      oldest === null
        ? null
        : new Date(Math.max(oldest.getTime() + BURST_MS, platform.clock.now().getTime())),
  }
}

async function ingestBatch(platform: Platform, batchSize: number): Promise<number> {
  const client = await platform.pool.connect()
  try {
    await client.query('begin')
    const rows = await judgeAndMove(client, platform, batchSize)
    await client.query('commit')
    return rows
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    throw error
  } finally {
    client.release()
  }
}

async function judgeAndMove(client: pg.PoolClient, platform: Platform, batchSize: number): Promise<number> {
  const burstsOver = new Date(platform.clock.now().getTime() - BURST_MS)
  const { rows } = await client.query<InboxRow>({ ...takeEvents, values: [burstsOver, batchSize] })
  if (rows.length === 0) return 0
  const links = await linksAround(client, rows)
  const verdicts = rows.map((row) =>
    classify({
      type: row.type === 'message.clicked' ? 'click' : 'open',
      hints: row.hints,
      sinceSent: row.sent_at === null ? null : row.occurred_at.getTime() - row.sent_at.getTime(),
      clicksInBurst: links.get(row.id) ?? 1,
    }),
  )
  await client.query({
    ...moveEvents,
    values: [
      rows.map((row) => row.account_id),
      rows.map((row) => row.id),
      verdicts.map(({ source }) => source),
      verdicts.map(({ reasons }) => reasons.join(',')),
      rows.map((row) => row.left_at),
    ],
  })
  return rows.length
}

/** For each click of a known person, how many different links of its message were clicked within the time of a burst. */
async function linksAround(client: pg.PoolClient, rows: InboxRow[]): Promise<Map<string, number>> {
  const clicks = rows.filter(({ type, message_id }) => type === 'message.clicked' && message_id !== null)
  if (clicks.length === 0) return new Map()
  const earliest = Math.min(...clicks.map(({ occurred_at }) => occurred_at.getTime())) - BURST_MS
  const { rows: counted } = await client.query<{ id: string; links: number }>({
    ...countLinks,
    values: [
      clicks.map((click) => click.account_id),
      clicks.map((click) => click.id),
      clicks.map((click) => click.contact_id),
      clicks.map((click) => click.message_id),
      clicks.map((click) => click.occurred_at),
      BURST_MS,
      lowestIdAt(new Date(earliest)),
    ],
  })
  return new Map(counted.map(({ id, links }) => [id, links]))
}
