import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'

/**
 * Two CTEs that append to the ledger: `chained` (the new lines with their place in the chain and their hash) and `ledger`
 * (their insertion). They read a CTE named `line`, with at most ONE line per contact:
 * `(contact_id, purpose_key, channel, state, source, collected_at, wording, text_version, ip, url, address)`. `address`: what
 * the contact has for the channel, whose mark the line keeps; null for what is not about an address.
 *
 * Two writers on one chain must take turns: lock the contacts in an EARLIER statement (`lockContacts`), because a statement
 * sees what was committed when it began, not what was committed while it waited. Should a caller forget, the unique index on
 * (account, contact, sequence) refuses the second line: a chain can fail to grow, it cannot fork.
 */
export function appendLines(context: Context): Prisma.Sql {
  const { accountId, actor } = context
  const now = context.clock.now()
  return Prisma.sql`
    placed as materialized (
      select
        line.*,
        coalesce(tail.sequence, 0) + 1 as sequence,
        tail.hash as previous_hash,
        -- a clock that jumps back must not put a line before the one it follows
        greatest(${now}::timestamptz(3), tail.recorded_at) as recorded_at
      from line
      left join lateral (
        select sequence, hash, recorded_at
        from consent_event
        where account_id = ${accountId}::uuid and contact_id = line.contact_id
        order by sequence desc
        limit 1
      ) as tail on true
    ),
    named as materialized (
      select
        placed.*, envoi_ledger_id(recorded_at, sequence) as id, envoi_address_mark(contact_id, address) as address_mark
      from placed
    ),
    chained as materialized (
      select
        named.*,
        envoi_consent_hash(
          previous_hash, ${accountId}::uuid, contact_id, id, sequence, purpose_key, channel, state, source,
          collected_at, wording, text_version, ip, url, ${actor.type}::text, ${actor.id}::uuid, recorded_at, address_mark
        ) as hash
      from named
    ),
    ledger as (
      insert into consent_event (
        account_id, id, contact_id, purpose_key, channel, state, source, collected_at, text, text_version, ip, url,
        address_mark, actor_type, actor_id, recorded_at, sequence, previous_hash, hash
      )
      select
        ${accountId}::uuid, id, contact_id, purpose_key, channel, state, source, collected_at, wording, text_version, ip,
        url, address_mark, ${actor.type}, ${actor.id}::uuid, recorded_at, sequence, previous_hash, hash
      from chained
    )`
}
