/**
 * The statements that merge one chunk of staged rows into the contacts. They share a temporary table, `import_chunk`: the
 * rows of the chunk with the contact each is about. All run in one transaction, each for the whole chunk.
 */
import { Prisma } from '@envoi/prisma'
import type { ImportKey } from './import-key.ts'

/** Each chunk has a plan of its own: one kept from the first chunks would be one for small tables. */
export const planForEachChunk = Prisma.sql`set local plan_cache_mode = force_custom_plan`

export const makeChunkTable = Prisma.sql`
  create temporary table if not exists import_chunk (
    line integer not null,
    contact_id uuid not null,
    -- the contact exists, and whether anything of it has changed
    matched boolean not null,
    changed boolean not null default false,
    refusal text,
    refusal_detail text,
    email text, phone text, external_id text, first_name text, last_name text, locale text, timezone text,
    attributes jsonb,
    evidence text[]
  ) on commit delete rows`

/**
 * Takes the next rows and finds their contacts: by external id, else by email; by phone only with neither, since a phone is
 * often shared within a family.
 *
 * `limit 1` in each lateral makes it a probe of a unique index per row. As plain joins, with the statistics of before the
 * import, they became scans of all contacts for every chunk: five times the cost at 60,000 contacts, and growing.
 */
export function fillChunk({ accountId, importId }: ImportKey, afterLine: number, limit: number): Prisma.Sql {
  return Prisma.sql`
    insert into import_chunk
    select
      row.line,
      coalesce(by_external_id.id, by_email.id, by_phone.id, row.contact_id),
      coalesce(by_external_id.id, by_email.id, by_phone.id) is not null,
      false,
      case
        when by_external_id.id <> by_email.id
          or (by_external_id.id is null and row.external_id is not null and by_email.external_id is not null)
          or by_phone.several
        then 'conflict'
      end,
      case
        when by_external_id.id <> by_email.id then 'the email belongs to another contact'
        when by_phone.several then 'the phone belongs to several contacts'
        else 'the external id is not that of the contact with this email'
      end,
      row.email, row.phone, row.external_id, row.first_name, row.last_name, row.locale, row.timezone,
      row.attributes, row.evidence
    from (
      select *
      from import_row
      where account_id = ${accountId}::uuid and import_id = ${importId}::uuid and line > ${afterLine}
      order by line
      limit ${limit}
    ) as row
    left join lateral (
      select id, email from contact
      where account_id = ${accountId}::uuid and external_id = row.external_id
      limit 1
    ) as by_external_id on true
    left join lateral (
      select id, external_id from contact
      where account_id = ${accountId}::uuid and email = row.email
        -- found already, by its external id: the same contact
        and by_external_id.email is distinct from row.email
      limit 1
    ) as by_email on true
    left join lateral (
      select min(id::text)::uuid as id, count(*) > 1 as several from contact
      where account_id = ${accountId}::uuid and phone = row.phone
        and row.external_id is null and row.email is null
    ) as by_phone on true`
}

/** One of the next rows that have nothing but a phone, if there is one. */
export function findPhoneOnly(
  { accountId, importId }: ImportKey,
  afterLine: number,
  limit: number,
): Prisma.Sql {
  return Prisma.sql`
    select 1
    from (
      select email, phone, external_id
      from import_row
      where account_id = ${accountId}::uuid and import_id = ${importId}::uuid and line > ${afterLine}
      order by line
      limit ${limit}
    ) as row
    where phone is not null and email is null and external_id is null
    limit 1`
}

export interface ChunkSize {
  rows: number
  last_line: number | null
  matched: number
  refused: number
}

export const measureChunk = Prisma.sql`
  select count(*)::integer as rows, max(line) as last_line,
    (count(*) filter (where matched))::integer as matched,
    (count(*) filter (where refusal is not null))::integer as refused
  from import_chunk`

/** Two rows may name one contact by different identities: the later one counts here too. */
export const refuseSameContact = Prisma.sql`
  update import_chunk
  set refusal = 'duplicate_in_file', refusal_detail = 'line ' || last_line || ' is about the same contact'
  from (
    select contact_id, max(line) as last_line
    from import_chunk
    where matched and refusal is null
    group by contact_id
    having count(*) > 1
  ) as repeated
  where import_chunk.contact_id = repeated.contact_id and line < last_line and refusal is null`

/**
 * Moves the refused rows to the errors. Of who was erased on request, the line and the reason are kept, and nothing that tells
 * who it is.
 */
export function moveRefused({ accountId, importId }: ImportKey): Prisma.Sql {
  return Prisma.sql`
    with refused as (
      delete from import_chunk where refusal is not null returning line, refusal, refusal_detail
    )
    insert into import_error (account_id, import_id, line, code, detail, row, email, phone, external_id)
    select
      account_id, import_id, line, refusal, refusal_detail,
      case when erased then '' else raw end, case when not erased then email end,
      case when not erased then phone end, case when not erased then external_id end
    from refused
    join import_row using (line)
    cross join lateral (select refusal = 'contact_erased' as erased) as reason
    where account_id = ${accountId}::uuid and import_id = ${importId}::uuid`
}

export const skipMatched = Prisma.sql`delete from import_chunk where matched`

/** Locks the contacts that exist and were not written, in one order for everybody: their ledger is about to grow. */
export function lockUnchanged(accountId: string): Prisma.Sql {
  return Prisma.sql`
    select 1 from contact
    where account_id = ${accountId}::uuid
      and id in (select contact_id from import_chunk where matched and not changed)
    order by id
    for no key update`
}

export interface Origin {
  source: string
  detail?: string | null
  collectedAt?: string | null
}

export function insertContacts(accountId: string, origin: Origin, now: Date): Prisma.Sql {
  return Prisma.sql`
    insert into contact (
      account_id, id, email, phone, external_id, first_name, last_name, locale, timezone, attributes,
      origin_source, origin_detail, origin_collected_at, created_at, updated_at
    )
    select
      ${accountId}::uuid, contact_id, email, phone, external_id, first_name, last_name, locale, timezone,
      coalesce(attributes, '{}'), ${origin.source}, ${origin.detail ?? null}, ${origin.collectedAt ?? null}::timestamptz,
      ${now}::timestamptz, ${now}::timestamptz
    from import_chunk
    where not matched`
}

/**
 * Writes what a row has a value for and what is not so already; a contact that stays as it is is not touched. `unseen` (see
 * `unseenValues`): what counts as changed whenever it is given, equal or not. Sorted, so that two writers take contacts in one
 * order and cannot wait in a circle.
 */
export function updateContacts(accountId: string, now: Date, unseen: ReadonlySet<string>): Prisma.Sql {
  const attributes = [...unseen].flatMap((name) => /^attributes\.(.*)$/s.exec(name)?.[1] ?? [])
  return Prisma.sql`
    with updated as (
      update contact
      set
        email = coalesce(row.email, contact.email),
        phone = coalesce(row.phone, contact.phone),
        external_id = coalesce(row.external_id, contact.external_id),
        first_name = coalesce(row.first_name, contact.first_name),
        last_name = coalesce(row.last_name, contact.last_name),
        locale = coalesce(row.locale, contact.locale),
        timezone = coalesce(row.timezone, contact.timezone),
        attributes = contact.attributes || coalesce(row.attributes, '{}'),
        email_changed_at = case when row.email <> contact.email then ${now}::timestamptz else contact.email_changed_at end,
        -- another address may well exist
        undeliverable_at = case when row.email <> contact.email then null else contact.undeliverable_at end,
        version = contact.version + 1,
        updated_at = ${now}::timestamptz
      from (select * from import_chunk where matched order by contact_id) as row
      where contact.account_id = ${accountId}::uuid and contact.id = row.contact_id
        and (
          row.email is not null and row.email is distinct from contact.email
          or row.phone is not null and row.phone is distinct from contact.phone
          or row.external_id is not null and row.external_id is distinct from contact.external_id
          or row.first_name is not null and row.first_name is distinct from contact.first_name
          or row.last_name is not null and row.last_name is distinct from contact.last_name
          or row.locale is not null and row.locale is distinct from contact.locale
          or row.timezone is not null and row.timezone is distinct from contact.timezone
          or row.attributes is not null and contact.attributes || row.attributes <> contact.attributes
          or ${unseen.has('firstName')}::boolean and row.first_name is not null
          or ${unseen.has('lastName')}::boolean and row.last_name is not null
          or jsonb_exists_any(row.attributes, ${attributes}::text[])
        )
      returning contact.id
    )
    update import_chunk set changed = true from updated where contact_id = updated.id`
}

/** What contacts that exist are about to have, as `followAddresses` takes it. */
export const matchedAddresses = Prisma.sql`
  select contact_id, email, phone from import_chunk
  where matched and (email is not null or phone is not null)`

/** The addresses that the chunk has brought into the account, or moved within it. */
export const writtenAddresses = Prisma.sql`
  select 'email' as channel, email as value from import_chunk where email is not null and (changed or not matched)
  union all
  select 'sms', phone from import_chunk where phone is not null and (changed or not matched)`

/** Lists that have been deleted meanwhile are passed over. */
export function addListMembers(accountId: string, lists: string[], now: Date): Prisma.Sql {
  return Prisma.sql`
    with added as (
      insert into list_member (account_id, list_id, contact_id, added_at)
      select ${accountId}::uuid, list.id, contact_id, ${now}::timestamptz
      from import_chunk
      cross join list
      where list.account_id = ${accountId}::uuid and list.id = any(${lists}::uuid[])
      on conflict do nothing
      returning contact_id
    )
    update import_chunk set changed = true from added where matched and import_chunk.contact_id = added.contact_id`
}

export interface Counts {
  created: number
  updated: number
  unchanged: number
}

export const countChunk = Prisma.sql`
  select
    (count(*) filter (where not matched))::integer as created,
    (count(*) filter (where matched and changed))::integer as updated,
    (count(*) filter (where matched and not changed))::integer as unchanged
  from import_chunk`

/** Enters a chunk into the books. Does nothing when the import was cancelled meanwhile, or another has merged the chunk. */
export function recordChunk(
  { accountId, importId }: ImportKey,
  from: number,
  chunk: { rows: number; lastLine: number; skipped: number; rejected: number; outdated: number } & Counts,
): Prisma.Sql {
  return Prisma.sql`
    update import
    set merged_rows = merged_rows + ${chunk.rows}, merged_line = ${chunk.lastLine},
      created = created + ${chunk.created}, updated = updated + ${chunk.updated},
      unchanged = unchanged + ${chunk.unchanged}, skipped = skipped + ${chunk.skipped},
      rejected = rejected + ${chunk.rejected}, outdated_consents = outdated_consents + ${chunk.outdated}
    where account_id = ${accountId}::uuid and id = ${importId}::uuid and status = 'running' and merged_line = ${from}`
}
