import { Prisma } from '@envoi/prisma'
import { type Context, isTestMode } from '../context.ts'
import { liftedSql } from '../suppressions/record-lifted.ts'
import { appendLines } from './append-lines.sql.ts'
import { standingState } from './standing-state.sql.ts'

/**
 * Records what many contacts agreed to, in one statement: judges each row, appends to the ledger, moves the state, and leaves a
 * mail to be sent for each yes that must be confirmed (see `recordConsents`, which everybody calls).
 *
 * `rows` is a select (from a staging table, from `unnest`…) that gives these columns, with AT MOST ONE row per contact:
 *
 * | column | type | |
 * | --- | --- | --- |
 * | contact_id, purpose_id | uuid | both exist in the account |
 * | channel | channel | one of the purpose's |
 * | state | consent_state | granted, withdrawn or refused: what was said, not what becomes of it |
 * | source, collected_at | text, timestamptz | the proof: where and when; not in the future |
 * | wording, text_version | text | what was agreed to |
 * | ip, url | text | nullable |
 * | names_address | boolean | whether what came with it says the contact's address on that channel: an older proof counts then |
 *
 * Several consents per contact (newsletter by email, then by SMS) are several statements. It runs in the caller's transaction,
 * after the contacts were locked by an earlier statement: rows just inserted or updated are, others by `lockContacts`.
 *
 * Answers one row `{ recorded, unchanged, outdated, asked }` (integers), `outdatedContacts`, and `lifted`: the suppressions that
 * a later yes took back. `unchanged`: the state and its proof say so already, so that the same file imported twice adds nothing.
 * `outdated`: a permission collected before the person's last refusal, or for an address that the contact had before; an older
 * proof does not undo a later no, nor the suppression that one has left. `asked`: will get a mail that asks for their
 * confirmation.
 */
export function recordConsentsSql(context: Context, rows: Prisma.Sql): Prisma.Sql {
  const { accountId } = context
  const now = context.clock.now()
  const standing = standingState(
    Prisma.sql`consent`,
    Prisma.sql`stated.contact_id`,
    Prisma.sql`person.address`,
  )
  return Prisma.sql`
    with stated as (
      select contact_id, purpose_id, channel, state, source, collected_at::timestamptz(3) as collected_at,
        wording, text_version, ip, url, names_address
      from (${rows}) as given
    ),
    asked as (
      select
        stated.contact_id, stated.purpose_id, purpose.key as purpose_key, stated.channel,
        -- double opt-in: a yes by email waits for its confirmation, unless its proof is one or the person is already in
        case
          when stated.state = 'granted' and purpose.double_opt_in and stated.channel = 'email'
            and held.state is distinct from 'granted' and stated.source !~* ${confirmedSource}
          then 'pending'
          else stated.state
        end as state,
        stated.source, stated.collected_at, stated.wording, stated.text_version, stated.ip, stated.url,
        stated.names_address, person.address, held.state as held_state, held.collected_at as held_collected_at
      from stated
      join purpose on purpose.account_id = ${accountId}::uuid and purpose.id = stated.purpose_id
      -- one probe per contact, by the primary key: "is not distinct from" keeps the purpose out of the choice of an index,
      -- which without fresh statistics (in mid-import) goes wrong and reads every consent of the purpose for each chunk
      left join lateral (
        select case stated.channel when 'email' then email when 'sms' then phone end as address
        from contact
        where account_id = ${accountId}::uuid and id = stated.contact_id
        limit 1
      ) as person on true
      left join lateral (
        select ${standing} as state, proof.collected_at
        from consent
        left join consent_event as proof on proof.account_id = ${accountId}::uuid and proof.id = consent.event_id
        where consent.account_id = ${accountId}::uuid and consent.contact_id = stated.contact_id
          and consent.purpose_id is not distinct from stated.purpose_id and consent.channel = stated.channel
        limit 1
      ) as held on true
    ),
    judged as materialized (
      select
        asked.*,
        case
          when held_state is null then 'recorded'
          when state = held_state and (state in ('withdrawn', 'refused') or collected_at <= held_collected_at)
          then 'unchanged'
          when state in ('granted', 'pending') and held_state in ('withdrawn', 'refused')
            and collected_at < held_collected_at
          then 'outdated'
          when state in ('granted', 'pending') and held_state = 'lapsed' and not names_address
            and collected_at < held_collected_at
          then 'outdated'
          else 'recorded'
        end as verdict
      from asked
    ),
    line as (
      select contact_id, purpose_id, purpose_key, channel, state, source, collected_at, wording, text_version, ip, url,
        address
      from judged
      where verdict = 'recorded'
    ),
    ${appendLines(context)},
    state as (
      insert into consent (account_id, contact_id, purpose_id, channel, state, event_id, event_hash, address_mark, changed_at)
      select ${accountId}::uuid, contact_id, purpose_id, channel, state, id, hash, address_mark, recorded_at
      from chained
      on conflict (account_id, contact_id, purpose_id, channel) do update
      set state = excluded.state, event_id = excluded.event_id, event_hash = excluded.event_hash,
        address_mark = excluded.address_mark, changed_at = excluded.changed_at
    ),
    -- the person's own later yes takes back their no to this purpose
    lifted as (
      delete from suppression
      using chained
      where suppression.account_id = ${accountId}::uuid
        and suppression.value = chained.address
        and suppression.channel is not distinct from chained.channel
        and suppression.purpose_key is not distinct from chained.purpose_key
        and suppression.reason = 'unsubscribe'
        and chained.state in ('granted', 'pending') and chained.collected_at > suppression.created_at
      returning ${liftedSql} as row
    ),
    mail as (
      insert into system_mail (account_id, id, kind, contact_id, purpose_id, state, test_mode, next_attempt_at, state_at, created_at)
      select ${accountId}::uuid, id, ${confirmMailKind}, contact_id, purpose_id, 'queued', ${isTestMode(context)}::boolean, ${now}::timestamptz,
        ${now}::timestamptz, ${now}::timestamptz
      from chained
      -- a yes of long ago is not asked about: that would be a solicitation, to somebody who may not remember
      where state = 'pending' and collected_at > ${now}::timestamptz - ${`${freshDays} days`}::interval
      returning id
    )
    select
      count(*) filter (where verdict = 'recorded')::integer as recorded,
      count(*) filter (where verdict = 'unchanged')::integer as unchanged,
      count(*) filter (where verdict = 'outdated')::integer as outdated,
      coalesce(array_agg(contact_id::text) filter (where verdict = 'outdated'), '{}') as "outdatedContacts",
      (select count(*) from mail)::integer as asked,
      (select coalesce(jsonb_agg(distinct row), '[]') from lifted) as lifted
    from judged`
}

/** Sources whose proof is itself a confirmed double opt-in (Postgres regular expression, whatever the case). */
const confirmedSource = '^(confirmed )?double[ -]?opt[ -]?in\\y'

/** Names the mails that ask for a confirmation, in `system_mail`. */
export const confirmMailKind = 'consents.confirm'

/** How old a yes may be for its confirmation to be asked for. */
const freshDays = 30

export interface RecordedConsents {
  recorded: number
  unchanged: number
  outdated: number
  /** Whose. */
  outdatedContacts: string[]
  asked: number
}

/** Takes the contacts' chains for this transaction, in one order for everybody so that two writers cannot wait in a circle. */
export function lockContacts(context: Context, contactIds: string[]): Prisma.Sql {
  return Prisma.sql`
    select id from contact
    where account_id = ${context.accountId}::uuid and id = any(${contactIds}::uuid[])
    order by id
    for no key update`
}
