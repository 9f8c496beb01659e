import type pg from 'pg'
import type { Platform } from '../context.ts'
import { BURST_MS, classify } from '../tracking/classify.ts'
import { moveEvents, takeEvents } from './ingest.sql.ts'

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
  const clicks = clicksByMessage(rows)
  const verdicts = rows.map((row) =>
    classify({
      type: row.type === 'message.clicked' ? 'click' : 'open',
      hints: row.hints,
      sinceSent: row.sent_at === null ? null : row.occurred_at.getTime() - row.sent_at.getTime(),
      clicksInBurst: linksAround(row, clicks.get(row.message_id ?? '') ?? []),
    }),
  )
  await client.query({
    ...moveEvents,
    values: [
      rows.map((row) => row.account_id),
      rows.map((row) => row.id),
      verdicts.map(({ source }) => source),
      verdicts.map(({ reasons }) => reasons.join(',')),
    ],
  })
  return rows.length
}

function clicksByMessage(rows: InboxRow[]): Map<string, InboxRow[]> {
  const byMessage = new Map<string, InboxRow[]>()
  for (const row of rows) {
    if (row.type !== 'message.clicked' || row.message_id === null) continue
    const known = byMessage.get(row.message_id)
    if (known === undefined) byMessage.set(row.message_id, [row])
    else known.push(row)
  }
  return byMessage
}

/** Different links of the same message clicked within the time of a burst, this one included. */
function linksAround(row: InboxRow, clicks: InboxRow[]): number {
  const near = clicks.filter(
    ({ occurred_at }) => Math.abs(occurred_at.getTime() - row.occurred_at.getTime()) <= BURST_MS,
  )
  return Math.max(1, new Set(near.map(({ link }) => link)).size)
}
