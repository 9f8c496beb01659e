import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import type { HeldContact } from './contact-book.ts'
import type { ContactDraft } from './contact-draft.ts'

/** What contacts are looked up by. */
export interface Lookups {
  ids?: string[]
  emails: string[]
  externalIds: string[]
  phones: string[]
}

/** The keys under which the contacts of some drafts are found; phones of those only that have nothing else. */
export function lookupsOf(drafts: ContactDraft[]): Lookups {
  const values = (pick: (draft: ContactDraft) => string | null | undefined) => [
    ...new Set(drafts.map(pick).filter((value): value is string => typeof value === 'string')),
  ]
  return {
    emails: values(({ email }) => email),
    externalIds: values(({ externalId }) => externalId),
    phones: values(({ email, externalId, phone }) => (email || externalId ? null : phone)),
  }
}

/** The contacts found under any of the keys, locked; in the order of their ids, so that two such readers cannot block each other. */
export async function lockContacts(tx: Context, lookups: Lookups): Promise<HeldContact[]> {
  const { ids = [], emails, externalIds, phones } = lookups
  const rows = await tx.db.$queryRaw<Omit<HeldContact, 'isNew' | 'isChanged'>[]>`
    select id, email, phone, external_id as "externalId", first_name as "firstName", last_name as "lastName",
           locale, timezone, attributes, version
    from contact
    where account_id = ${tx.accountId}::uuid
      and (id = any(${ids}::uuid[]) or email = any(${emails}) or external_id = any(${externalIds}) or phone = any(${phones}))
    order by id
    for update`
  return rows.map((row) => ({ ...row, isNew: false, isChanged: false }))
}

/**
 * Two calls at once with the same unknown phone would both create a contact: a phone is not unique, so no index stops them.
 * Those few which match by phone wait for each other.
 */
export async function lockPhones(tx: Context): Promise<void> {
  await tx.db.$executeRaw`select pg_advisory_xact_lock(hashtextextended('phones:' || ${tx.accountId}, 0))`
}

const columns = Prisma.sql`
  id uuid, email text, phone text, "externalId" text, "firstName" text, "lastName" text, locale text, timezone text,
  attributes jsonb, source text, detail text, "collectedAt" timestamptz`

/** Inserts contacts in one statement; returns how many of them were inserted: fewer when another transaction was faster. */
export async function insertContacts(tx: Context, contacts: HeldContact[]): Promise<number> {
  if (contacts.length === 0) return 0
  const now = tx.clock.now()
  const rows = JSON.stringify(contacts.map(({ origin, ...contact }) => ({ ...contact, ...origin })))
  return tx.db.$executeRaw`
    insert into contact (
      account_id, id, email, phone, external_id, first_name, last_name, locale, timezone, attributes,
      origin_source, origin_detail, origin_collected_at, created_at, updated_at
    )
    select ${tx.accountId}::uuid, id, email, phone, "externalId", "firstName", "lastName", locale, timezone, attributes,
           source, detail, "collectedAt", ${now}, ${now}
    from json_to_recordset(${rows}::json) as row (${columns})
    on conflict do nothing`
}

/** What contacts are about to have, as `followAddresses` takes it. */
export function addressRows(contacts: HeldContact[]): Prisma.Sql {
  const rows = JSON.stringify(contacts.map(({ id, email, phone }) => ({ id, email, phone })))
  return Prisma.sql`
    select id as contact_id, email, phone from json_to_recordset(${rows}::json) as row (id uuid, email text, phone text)`
}

/** Writes locked contacts back in one statement. */
export async function updateContacts(tx: Context, contacts: HeldContact[]): Promise<void> {
  if (contacts.length === 0) return
  if (contacts.length > 1) await clearMoved(tx, contacts)
  await tx.db.$executeRaw`
    update contact
    set email = row.email, phone = row.phone, external_id = row."externalId", first_name = row."firstName",
        last_name = row."lastName", locale = row.locale, timezone = row.timezone, attributes = row.attributes,
        email_changed_at = case when row.email is distinct from contact.email then ${tx.clock.now()} else contact.email_changed_at end,
        -- another address may well exist
        undeliverable_at = case when row.email is distinct from contact.email then null else contact.undeliverable_at end,
        version = contact.version + 1, updated_at = ${tx.clock.now()}
    from json_to_recordset(${JSON.stringify(contacts)}::json) as row (${columns})
    where contact.account_id = ${tx.accountId}::uuid and contact.id = row.id`
}

/** Takes from contacts what others of them are about to have: a unique index looks at each row as it is written, not at the end. */
async function clearMoved(tx: Context, contacts: HeldContact[]): Promise<void> {
  const now = tx.clock.now()
  await tx.db.$executeRaw`
    with row as materialized (
      select id, email, "externalId" from json_to_recordset(${JSON.stringify(contacts)}::json) as row (${columns})
    ),
    moved as (
      select contact.id, by_email.id is not null as email, by_external_id.id is not null as external_id
      from row
      join contact on contact.account_id = ${tx.accountId}::uuid and contact.id = row.id
      left join row as by_email on by_email.email = contact.email and by_email.id <> contact.id
      left join row as by_external_id
        on by_external_id."externalId" = contact.external_id and by_external_id.id <> contact.id
      where by_email.id is not null or by_external_id.id is not null
    )
    update contact
    set email = case when moved.email then null else contact.email end,
        external_id = case when moved.external_id then null else contact.external_id end,
        email_changed_at = case when moved.email then ${now}::timestamptz else contact.email_changed_at end,
        undeliverable_at = case when moved.email then null else contact.undeliverable_at end
    from moved
    where contact.account_id = ${tx.accountId}::uuid and contact.id = moved.id`
}
