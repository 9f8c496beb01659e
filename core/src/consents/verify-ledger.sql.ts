import { Prisma } from '@envoi/prisma'
import { rightsKeys } from './rights-keys.ts'

/**
 * Verifies every chain of an account, or of one contact, in one pass over the ledger in the order of its index.
 *
 * Inside a chain, each line's hash must be the hash of its content and each line must follow the one before. That alone would
 * not see a cut tail, nor a chain rewritten from the middle and hashed again. So the ends are held elsewhere: each consent
 * keeps the id and hash of the line it comes from, and a contact those of its last line about tracking, objections or
 * restriction. Every such end must be in the ledger, be the last line of its subject, and say the same state.
 *
 * Answers one row: `lines`, `contacts`, and the first break (`contact_id`, `sequence`, `problem`; null when all holds).
 */
export function verifyLedgerSql(accountId: string, contactId: string | undefined): Prisma.Sql {
  const only = (column: string) =>
    contactId === undefined ? Prisma.empty : Prisma.sql`and ${Prisma.raw(column)} = ${contactId}::uuid`
  const isRight = Prisma.sql`purpose_key in (${Prisma.join([...rightsKeys])})`
  return Prisma.sql`
    with chain as materialized (
      select
        id, contact_id, sequence, purpose_key, channel, state, hash, address_mark,
        hash is distinct from envoi_consent_hash(
          previous_hash, account_id, contact_id, id, sequence, purpose_key, channel, state, source, collected_at,
          text, text_version, ip, url, actor_type, actor_id, recorded_at, address_mark
        ) as is_changed,
        sequence <> row_number() over in_order or previous_hash is distinct from lag(hash) over in_order as is_unlinked
      from consent_event
      where account_id = ${accountId}::uuid ${only('contact_id')}
      window in_order as (partition by contact_id order by sequence)
    ),
    -- the last line of each subject: a purpose by a channel, or the rights taken together
    last_line as materialized (
      select distinct on (contact_id, subject) *
      from (
        select *, case when ${isRight} then 'rights' else concat(channel, ' ', purpose_key) end as subject from chain
      ) as line
      order by contact_id, subject, sequence desc
    ),
    consent_end as (
      select
        consent.contact_id, concat(consent.channel, ' ', purpose.key) as subject,
        consent.event_id, consent.event_hash, consent.state, consent.address_mark
      from consent
      join purpose on purpose.account_id = ${accountId}::uuid and purpose.id = consent.purpose_id
      where consent.account_id = ${accountId}::uuid ${only('consent.contact_id')}
      union all
      select id, 'rights', rights_event_id, rights_event_hash, null, null
      from contact
      where account_id = ${accountId}::uuid and rights_event_id is not null ${only('id')}
    ),
    -- what the contact itself says of its rights must be what the last line of each says
    last_right as materialized (
      select distinct on (contact_id, purpose_key) contact_id, purpose_key, state, sequence
      from chain
      where ${isRight}
      order by contact_id, purpose_key, sequence desc
    ),
    right_told as (
      select
        contact.id as contact_id,
        told.purpose_key,
        told.state
      from contact
      cross join lateral (
        values
          ('tracking', case when tracking <> 'unknown' then tracking::text end),
          ('restriction', case when restricted_at is not null then 'granted' end),
          ('objection.marketing', case when 'marketing' = any(objections) then 'granted' end),
          ('objection.profiling', case when 'profiling' = any(objections) then 'granted' end)
      ) as told (purpose_key, state)
      where account_id = ${accountId}::uuid ${only('contact.id')}
        and (rights_event_id is not null or tracking <> 'unknown' or restricted_at is not null or objections <> '{}')
    ),
    broken as (
      select contact_id, sequence, case when is_changed then 'line_changed' else 'line_missing' end as problem
      from chain
      where is_changed or is_unlinked
      union all
      select right_told.contact_id, coalesce(last_right.sequence, ${afterAll}), 'state_changed'
      from right_told
      left join last_right using (contact_id, purpose_key)
      where right_told.state is distinct from
        case
          when last_right.state = 'granted' then 'granted'
          when purpose_key = 'tracking' and last_right.state <> 'lapsed' then last_right.state::text
        end
      union all
      select
        coalesce(consent_end.contact_id, last_line.contact_id),
        case when last_line.id is null or last_line.id < consent_end.event_id then ${afterAll} else last_line.sequence end,
        case
          when consent_end.event_id is null then 'line_foreign'
          when last_line.id is null then 'tail_missing'
          when last_line.id < consent_end.event_id then 'tail_missing'
          when last_line.id > consent_end.event_id then 'line_foreign'
          when last_line.hash <> consent_end.event_hash then 'line_changed'
          else 'state_changed'
        end
      from consent_end
      full join last_line
        on last_line.contact_id = consent_end.contact_id and last_line.subject = consent_end.subject
      where consent_end.event_id is null
        or last_line.id is distinct from consent_end.event_id
        or last_line.hash is distinct from consent_end.event_hash
        or (consent_end.state is not null and last_line.state <> consent_end.state)
        -- lines of before there were marks have none
        or (
          consent_end.state is not null and last_line.address_mark is not null
          and last_line.address_mark is distinct from consent_end.address_mark
        )
    )
    select
      (select count(*) from chain)::integer as lines,
      (select count(*) from chain where sequence = 1)::integer as contacts,
      first_break.contact_id,
      first_break.problem,
      case
        when first_break.sequence < ${afterAll} then first_break.sequence
        else (select coalesce(max(sequence), 0) + 1 from chain where contact_id = first_break.contact_id)
      end as sequence
    from (select) as always
    left join (
      select contact_id, sequence, problem
      from broken
      -- of several problems of a contact, that of the lines explains that of the state
      order by contact_id, problem = 'state_changed', sequence, problem
      limit 1
    ) as first_break on true`
}

/** Stands for "after the last line that is there", until the one break that is named gets its number. */
const afterAll = Prisma.sql`2147483647`
