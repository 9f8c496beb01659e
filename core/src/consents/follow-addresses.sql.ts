import { type Channel, Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { appendLines } from './append-lines.sql.ts'

/** A contact whose address is about to become another. */
export interface Move {
  contactId: string
  channel: Channel
  before: string | null
  after: string | null
}

/**
 * Which addresses will not be what they were, in one statement, before they are written. `rows` is a select that gives
 * `(contact_id, email, phone)`, normalised; `blank`: what a null among them means. Those contacts are locked from then on.
 */
export function readMovesSql(context: Context, rows: Prisma.Sql, blank: 'clears' | 'keeps'): Prisma.Sql {
  const becomes = (given: Prisma.Sql, held: Prisma.Sql) =>
    blank === 'keeps' ? Prisma.sql`coalesce(${given}, ${held})` : given
  const email = becomes(Prisma.sql`given.email`, Prisma.sql`contact.email`)
  const phone = becomes(Prisma.sql`given.phone`, Prisma.sql`contact.phone`)
  return Prisma.sql`
    select contact.id as "contactId", move.channel, move.before, move.after
    from (${rows}) as given
    join contact on contact.account_id = ${context.accountId}::uuid and contact.id = given.contact_id
    cross join lateral (
      values ('email', contact.email, ${email}), ('sms', contact.phone, ${phone})
    ) as move (channel, before, after)
    where move.before is distinct from move.after
    order by contact.id
    for update of contact`
}

/**
 * Writes into the ledger that yeses hold no more, of contacts whose address has been written, one line of each at a time;
 * answers how many there were of one contact at most. What the person had refused or withdrawn before that yes stands again.
 */
export function lapseConsentsSql(context: Context, contactIds: string[]): Prisma.Sql {
  const { accountId } = context
  return Prisma.sql`
    with mine as materialized (
      select
        contact.id as contact_id, consent.purpose_id, purpose.key as purpose_key, consent.channel, at.address,
        row_number() over (partition by contact.id order by consent.purpose_id, consent.channel) as turn
      from contact
      join consent on consent.account_id = ${accountId}::uuid and consent.contact_id = contact.id
      join purpose on purpose.account_id = ${accountId}::uuid and purpose.id = consent.purpose_id
      cross join lateral (
        select case consent.channel when 'email' then contact.email when 'sms' then contact.phone end as address
      ) as at
      where contact.account_id = ${accountId}::uuid and contact.id = any(${contactIds}::uuid[])
        and consent.state in ('granted', 'pending')
        and consent.address_mark is distinct from envoi_address_mark(contact.id, at.address)
    ),
    line as (
      select contact_id, purpose_id, purpose_key, channel, address, ${lineOfChange(context)}
      from mine
      ${earlierNo(context, Prisma.sql`mine`)}
      where turn = 1
    ),
    ${appendLines(context)},
    state as (
      update consent
      set state = chained.state, event_id = chained.id, event_hash = chained.hash,
        address_mark = chained.address_mark, changed_at = chained.recorded_at
      from chained
      where consent.account_id = ${accountId}::uuid and consent.contact_id = chained.contact_id
        and consent.purpose_id = chained.purpose_id and consent.channel = chained.channel
    )
    select coalesce(max(turn), 0)::integer as turns from mine`
}

/** The same of the yes to be tracked, which was the yes of who reads the mailbox. */
export function lapseTrackingSql(context: Context, contactIds: string[]): Prisma.Sql {
  const { accountId } = context
  return Prisma.sql`
    with mine as materialized (
      select id as contact_id, 'tracking' as purpose_key, null::channel as channel, email as address
      from contact
      where account_id = ${accountId}::uuid and id = any(${contactIds}::uuid[]) and tracking = 'granted'
    ),
    line as (
      select contact_id, purpose_key, channel, address, ${lineOfChange(context)}
      from mine
      ${earlierNo(context, Prisma.sql`mine`)}
    ),
    ${appendLines(context)}
    update contact
    set tracking = case when chained.state = 'lapsed' then 'unknown' else chained.state::text::tracking_consent end,
      tracking_changed_at = chained.recorded_at, rights_event_id = chained.id, rights_event_hash = chained.hash
    from chained
    where contact.account_id = ${accountId}::uuid and contact.id = chained.contact_id`
}

/** What stands in the ledger for a yes that has lapsed. */
export const changeOfAddress = 'change of address'

const lineOfChange = (context: Context) => Prisma.sql`
  coalesce(earlier.state, 'lapsed') as state, ${changeOfAddress}::text as source,
  coalesce(earlier.collected_at, ${context.clock.now()}::timestamptz(3)) as collected_at,
  null::text as wording, null::text as text_version, null::text as ip, null::text as url`

const earlierNo = (context: Context, of: Prisma.Sql) => Prisma.sql`
  left join lateral (
    select state, collected_at
    from consent_event
    where account_id = ${context.accountId}::uuid and contact_id = ${of}.contact_id
      and purpose_key = ${of}.purpose_key and channel is not distinct from ${of}.channel
      and state in ('withdrawn', 'refused')
    order by sequence desc
    limit 1
  ) as earlier on true`
