/**
 * Writes what the edge sees, durably, before it answers. Requests that come while a write is under way wait for the next
 * one and share it (group commit): one slow disk write serves hundreds of them, and a lone request waits for nobody.
 *
 * The consent is read in the very statement that writes: after a withdrawal nothing is recorded, not even for mail that
 * left before it; after an objection to profiling it is counted without being known whose (GDPR art. 21); of a contact whose
 * processing is restricted nothing is kept (art. 18). The redirect itself needs no database read.
 */
import type { Platform } from '../context.ts'

export interface EdgeEvent {
  type: 'message.opened' | 'message.clicked'
  accountId: string
  campaignId: string | null
  /** null: counted without knowing whose. */
  recipient: { messageId: string; contactId: string } | null
  link: number | null
  hints: readonly string[]
}

export interface EventWriter {
  /** Resolves when the event is on disk (or was rightly left out); rejects when it could not be written, or not soon. */
  record(event: EdgeEvent): Promise<void>
  /** Writes what is waiting, then stops. */
  close(): Promise<void>
}

interface Waiting {
  event: EdgeEvent
  at: Date
  resolve: () => void
  reject: (error: unknown) => void
}

/** Rows in one write, and requests that may wait: beyond, new ones are refused rather than piled up in memory. */
const batchSize = 2_000
const maxWaiting = 20_000
/** Nobody who has clicked waits longer to go on; the event may still be written after that. */
const patienceMs = 2_000
/** A database that has fallen silent is given up after that, and the next write takes another connection. */
const writeMs = 10_000

const insertEvents = {
  name: 'record-events',
  query_timeout: writeMs,
  text: `
    insert into event_inbox (account_id, id, type, contact_id, message_id, campaign_id, link, hints, occurred_at)
    select seen.account_id, seen.id, seen.type,
           case when contact.id is not null and not 'profiling' = any(contact.objections) then contact.id end,
           case when contact.id is not null and not 'profiling' = any(contact.objections) then seen.message_id end,
           seen.campaign_id, seen.link,
           string_to_array(seen.hints, ','), seen.occurred_at
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::int[], $8::text[], $9::timestamptz[])
      as seen (account_id, id, type, contact_id, message_id, campaign_id, link, hints, occurred_at)
    left join contact on contact.account_id = seen.account_id and contact.id = seen.contact_id
    -- individual tracking needs a consent that is still granted (CNIL, deliberation 2026-042)
    where (seen.contact_id is null or contact.tracking = 'granted' and contact.restricted_at is null)
      -- mail outlives its account: of one that is closed nothing is recorded any more
      and not exists (select from account where id = seen.account_id and status in ('archived', 'destroyed'))`,
}

export function createEventWriter(
  platform: Platform,
  options: { onRecorded?: () => void } = {},
): EventWriter {
  let waiting: Waiting[] = []
  let writing: Promise<void> | undefined

  const write = async (batch: Waiting[]): Promise<void> => {
    const column = <T>(value: (entry: Waiting) => T) => batch.map(value)
    try {
      await platform.pool.query({
        ...insertEvents,
        values: [
          column(({ event }) => event.accountId),
          column(() => platform.newId()),
          column(({ event }) => event.type),
          column(({ event }) => event.recipient?.contactId ?? null),
          column(({ event }) => event.recipient?.messageId ?? null),
          column(({ event }) => event.campaignId),
          column(({ event }) => event.link),
          column(({ event }) => event.hints.join(',')),
          column(({ at }) => at),
        ],
      })
      for (const { resolve } of batch) resolve()
      options.onRecorded?.()
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchSize)
      waiting = waiting.slice(batchSize)
      await write(batch)
    }
    writing = undefined
  }

  return {
    record(event) {
      if (waiting.length >= maxWaiting)
        return Promise.reject(new Error('too many events are waiting to be written'))
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('an event was not written in time')), patienceMs)
        const done =
          <T extends unknown[]>(settle: (...result: T) => void) =>
          (...result: T) => {
            clearTimeout(timer)
            settle(...result)
          }
        waiting.push({ event, at: platform.clock.now(), resolve: done(resolve), reject: done(reject) })
        writing ??= writeAll()
      })
    },
    async close() {
      await writing
    },
  }
}
