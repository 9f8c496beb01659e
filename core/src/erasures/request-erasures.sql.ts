import { Prisma } from '@envoi/prisma'
import { buryLines } from '../consents/bury-lines.sql.ts'
import type { Context } from '../context.ts'
import { asRecorded } from '../records/as-recorded.ts'
import { recordRows } from '../records/record-rows.ts'
import type { Subject } from './subject.ts'

/** The contacts to erase, locked: what refers to them under way has committed, what comes finds them gone. */
export async function lockSubjects(tx: Context, contactIds: string[]): Promise<(Subject & { id: string })[]> {
  return tx.db.$queryRaw<(Subject & { id: string })[]>`
    select id, email, phone, external_id as "externalId", first_name as "firstName", last_name as "lastName"
    from contact
    where account_id = ${tx.accountId}::uuid and id = any(${contactIds}::uuid[])
    order by id
    for update`
}

/** Keeps the keyed fingerprints by which a later import is recognised. */
export async function keepFingerprints(
  tx: Context,
  fingerprints: { kind: string; hash: string }[],
): Promise<void> {
  await tx.db.$executeRaw`
    insert into erased_fingerprint (account_id, kind, fingerprint, erased_at)
    select distinct ${tx.accountId}::uuid, kind, decode(hash, 'hex'), ${tx.clock.now()}::timestamptz
    from unnest(${fingerprints.map(({ kind }) => kind)}::text[], ${fingerprints.map(({ hash }) => hash)}::text[]) as kept (kind, hash)
    on conflict (account_id, kind, fingerprint) do update set erased_at = excluded.erased_at`
}

/** A suppression outlives the contact, by its fingerprint alone: once no other contact has the address (a phone is often shared). */
export async function forgetSuppressed(tx: Context, subjects: Subject[]): Promise<void> {
  const values = subjects.flatMap(({ email, phone }) => [email, phone]).filter((value) => value !== null)
  const rows = await tx.db.$queryRaw<{ id: string }[]>`
    select id from suppression
    where account_id = ${tx.accountId}::uuid and value = any(${values})
      and not exists (
        select from contact
        where contact.account_id = ${tx.accountId}::uuid and contact.phone = suppression.value
      )
    order by id
    for update`
  const ids = rows.map(({ id }) => id)
  const recorded = await asRecorded(tx, 'suppression', ids)
  await tx.db.suppression.updateMany({ where: { ...tx.scope, id: { in: ids } }, data: { value: null } })
  await recordRows(tx, 'suppression', [...recorded])
}

type Counts = Map<string, Record<string, number>>

/** Deletes contacts and all rows that refer to them, one statement for each table. Returns how many of each, by contact. */
export async function deleteContacts(tx: Context, ids: string[]): Promise<Counts> {
  const counts: Counts = new Map(ids.map((id) => [id, { contact: 1 }]))
  const add = (table: string, rows: { contactId: string; count: number }[]) => {
    for (const { contactId, count } of rows)
      counts.set(contactId, { ...counts.get(contactId), [table]: count })
  }
  add(
    'consent',
    await tx.db.$queryRaw`
    with gone as (
      delete from consent where account_id = ${tx.accountId}::uuid and contact_id = any(${ids}::uuid[])
      returning contact_id
    )
    select contact_id as "contactId", count(*)::int as count from gone group by contact_id`,
  )
  add('consent_event', await buryLines(tx, ids))
  add(
    'list_member',
    await tx.db.$queryRaw`
    with gone as (
      delete from list_member where account_id = ${tx.accountId}::uuid and contact_id = any(${ids}::uuid[])
      returning contact_id
    )
    select contact_id as "contactId", count(*)::int as count from gone group by contact_id`,
  )
  add(
    'system_mail',
    await tx.db.$queryRaw`
    with gone as (
      delete from system_mail where account_id = ${tx.accountId}::uuid and contact_id = any(${ids}::uuid[])
      returning contact_id
    )
    select contact_id as "contactId", count(*)::int as count from gone group by contact_id`,
  )
  add('message', await deleteMessages(tx, ids))
  await tx.db.$executeRaw`
    delete from contact where account_id = ${tx.accountId}::uuid and id = any(${ids}::uuid[])`
  return counts
}

/**
 * Deletes messages and adds them to the figures of their campaign in the same statement, so that a report stays as it was.
 * What had not been handed to the mail server is counted as left out; what was on its way, as of unknown outcome.
 */
function deleteMessages(tx: Context, ids: string[]) {
  return tx.db.$queryRaw<{ contactId: string; count: number }[]>`
    with gone as (
      delete from message where account_id = ${tx.accountId}::uuid and contact_id = any(${ids}::uuid[])
      returning contact_id, campaign_id, state, reason
    ),
    told as (
      select
        campaign_id,
        case
          when state in ('queued', 'deferred') then 'excluded'
          when state = 'sending' then 'unknown'
          else state::text
        end as state,
        case when state in ('queued', 'deferred') then 'contact_erased' when state <> 'sending' then reason end as reason
      from gone
      where campaign_id is not null
    ),
    figure as (
      select campaign_id, state as name, count(*) as number from told group by 1, 2
      union all
      select campaign_id, state || ':' || reason, count(*) from told where reason is not null group by 1, 2
    ),
    ${addToCampaigns(tx, Prisma.sql`erased_counts`)}
    select contact_id as "contactId", count(*)::int as count from gone group by contact_id`
}

/**
 * Adds the rows `(campaign_id, name, number)` of a CTE `figure` to a column of figures of the campaign. The sum is made of the row as it
 * is when it is updated, so that two erasures at once do not lose each other's.
 */
export function addToCampaigns(tx: Context, column: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    counted as (
      update campaign
      set ${column} = (
        select jsonb_object_agg(name, number)
        from (
          select name, sum(number) as number
          from (
            select key as name, value::numeric as number from jsonb_each_text(campaign.${column})
            union all
            select key, value::numeric from jsonb_each_text(added.counts)
          ) as both_sides
          group by name
        ) as summed
      )
      from (select campaign_id, jsonb_object_agg(name, number) as counts from figure group by campaign_id) as added
      where campaign.account_id = ${tx.accountId}::uuid and campaign.id = added.campaign_id
    )`
}
