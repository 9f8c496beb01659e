import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { prepared } from '../prepared.ts'
import type { Delivery } from './open-delivery.ts'

/** Messages in one statement. */
const PAGE = 5_000

/**
 * Makes sure that contacts bear when they last got a message, from what their messages say: lanes write it down as they go
 * (see `touchContacts`), but for contacts that somebody else had locked, and not when they are killed. May run again at will.
 */
export async function rollUpSends(
  context: Context,
  { campaignId, idFrom, idTo }: Pick<Delivery, 'campaignId' | 'idFrom' | 'idTo'>,
  signal: AbortSignal,
): Promise<void> {
  const { accountId } = context
  for (let after: string | null = idFrom; after !== null; ) {
    signal.throwIfAborted()
    const { rows }: { rows: { last: string | null }[] } = await context.pool.query(
      prepared(
        'roll-up-sends',
        Prisma.sql`
          with page as materialized (
            select id, contact_id, sent_at
            from message
            where account_id = ${accountId}::uuid and campaign_id = ${campaignId}::uuid
              and id > ${after}::uuid and id < ${idTo}::uuid
            order by id
            limit ${PAGE}::integer
          ),
          due as materialized (
            select contact.id, page.sent_at
            from page
            join contact on contact.account_id = ${accountId}::uuid and contact.id = page.contact_id
            -- a lane writes down its own time, moments apart from the message's: that is no reason to write again
            where contact.last_sent_at is null and page.sent_at is not null
              or contact.last_sent_at < page.sent_at - interval '1 minute'
            -- in the order in which others lock contacts
            order by contact.id
            for no key update of contact
          ),
          rolled_up as (
            update contact
            set last_sent_at = greatest(contact.last_sent_at, due.sent_at)
            from due
            where contact.account_id = ${accountId}::uuid and contact.id = due.id
          )
          select (select id from page order by id desc limit 1) as last`,
      ),
    )
    after = rows[0]?.last ?? null
  }
}
