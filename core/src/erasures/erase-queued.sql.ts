import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import type { Erasure } from '../database.ts'
import { recordRows } from '../records/record-rows.ts'
import { addToCampaigns } from './request-erasures.sql.ts'
import type { Subject } from './subject.ts'

/** How many rows were deleted, by contact. */
type Counts = { contactId: string; count: number }[]

/** The next erasures that are not completed, in the order in which they were asked for. */
export async function takeErasures(
  context: Context,
  after: string | undefined,
  limit: number,
): Promise<Erasure[]> {
  const where = {
    ...context.scope,
    status: { in: ['queued' as const, 'running' as const] },
    ...(after === undefined ? {} : { id: { gt: after } }),
  }
  const erasures = await context.db.erasure.findMany({ where, orderBy: { id: 'asc' }, take: limit })
  const ids = erasures.filter(({ status }) => status === 'queued').map(({ id }) => id)
  await context.db.erasure.updateMany({
    where: { ...context.scope, id: { in: ids } },
    data: { status: 'running' },
  })
  return erasures
}

/** Adds to the receipts: rows deleted, or rows in which a mention was replaced. */
export async function addToReceipts(
  tx: Context,
  what: 'deleted' | 'replaced',
  table: string,
  counts: Counts,
): Promise<void> {
  if (counts.length === 0) return
  const column = Prisma.raw(what)
  await tx.db.$executeRaw`
    update erasure
    set ${column} = ${column} || jsonb_build_object(${table}::text, coalesce((${column} ->> ${table}::text)::int, 0) + counted.number)
    from unnest(${counts.map(({ contactId }) => contactId)}::uuid[], ${counts.map(({ count }) => count)}::int[])
         as counted (contact_id, number)
    where erasure.account_id = ${tx.accountId}::uuid
      and erasure.contact_id = counted.contact_id
      and erasure.status in ('queued', 'running')`
}

/**
 * Deletes events, and adds them to the figures of their campaign: by source how many there were, and of how many people apart
 * from machines. A person's events of one kind are deleted together (`with ties`), or the person would be counted twice.
 */
export async function deleteEvents(tx: Context, ids: string[], limit: number): Promise<Counts> {
  return tx.db.$queryRaw<Counts>`
    with chosen as (
      select id
      from event
      where account_id = ${tx.accountId}::uuid and contact_id = any(${ids}::uuid[])
      order by contact_id, campaign_id, type
      fetch first ${limit} rows with ties
    ),
    gone as (
      delete from event using chosen
      where event.account_id = ${tx.accountId}::uuid and event.id = chosen.id
      returning event.contact_id, event.campaign_id, event.type, event.source
    ),
    figure as (
      select campaign_id, type || ':' || source as name, count(*) as number
      from gone where campaign_id is not null group by 1, 2
      union all
      select campaign_id, type, count(distinct contact_id)
      from gone where campaign_id is not null and source <> 'machine' group by 1, 2
    ),
    ${addToCampaigns(tx, Prisma.sql`erased_events`)}
    select contact_id as "contactId", count(*)::int as count from gone group by contact_id`
}

/** Events that the edge took and that no one has attributed yet; there are never many. */
export async function deleteInboxEvents(tx: Context, ids: string[]): Promise<Counts> {
  return tx.db.$queryRaw<Counts>`
    with gone as (
      delete from event_inbox
      where account_id = ${tx.accountId}::uuid and contact_id = any(${ids}::uuid[])
      returning contact_id
    )
    select contact_id as "contactId", count(*)::int as count from gone group by contact_id`
}

/** Jobs about the contact alone. */
export async function deleteJobs(tx: Context, ids: string[]): Promise<Counts> {
  return tx.db.$queryRaw<Counts>`
    with gone as (
      delete from outbox
      where account_id = ${tx.accountId}::uuid and payload ->> 'contactId' = any(${ids})
      returning payload ->> 'contactId' as contact_id
    )
    select contact_id as "contactId", count(*)::int as count from gone group by contact_id`
}

/** Rows left in staging by imports that are over; those of a running one go when it ends. */
export async function deleteStagedRows(
  tx: Context,
  people: { contactId: string; person: Subject }[],
): Promise<Counts> {
  return tx.db.$queryRaw<Counts>`
    with person as (
      select *
      from json_to_recordset(${JSON.stringify(people.map(({ contactId, person }) => ({ contactId, ...person })))}::json)
           as row ("contactId" uuid, email text, phone text, "externalId" text)
    ),
    gone as (
      delete from import_row using person, import
      where import_row.account_id = ${tx.accountId}::uuid
        and import.account_id = ${tx.accountId}::uuid
        and import.id = import_row.import_id
        and import.status not in ('queued', 'running')
        and (
          import_row.email = person.email or import_row.phone = person.phone or import_row.external_id = person."externalId"
        )
      returning person."contactId"
    )
    select "contactId", count(*)::int as count from gone group by "contactId"`
}

/** Imports that may hold anybody, in their file or in staging: until the file is gone, the last thing they clear. */
export async function runningImports(context: Context): Promise<{ createdAt: Date }[]> {
  return context.db.import.findMany({
    where: { ...context.scope, OR: [{ status: { in: ['queued', 'running'] } }, { fileKey: { not: null } }] },
    select: { createdAt: true },
  })
}

/** From here on the receipt names nobody. */
export async function completeErasures(tx: Context, ids: string[]): Promise<void> {
  await tx.db.erasure.updateMany({
    where: { ...tx.scope, id: { in: ids } },
    data: { status: 'completed', contactId: null, subject: null, completedAt: tx.clock.now() },
  })
  await recordRows(tx, 'erasure', ids)
}
