import type { Context } from '../context.ts'
import { marksOf } from './answer-mentions.ts'

/**
 * Takes kept answers about people away, and says how many, by contact. That the requests were done stays known: one that is repeated must
 * not make the person anew. What is under way may have read them before they went, so its answer is not kept either.
 */
export async function withholdErased(
  tx: Context,
  people: { contactId: string; person: { email: string | null; phone: string | null } }[],
): Promise<{ contactId: string; count: number }[]> {
  const marks = people.flatMap(({ contactId, person }) =>
    marksOf(tx, contactId, person).map((mark) => ({ contactId, mark })),
  )
  await tx.db.$executeRaw`
    update idempotency_key set withheld = 'erased'
    where account_id = ${tx.accountId}::uuid and status is null and withheld is null`
  return tx.db.$queryRaw<{ contactId: string; count: number }[]>`
    with mark as (
      select * from unnest(${marks.map(({ contactId }) => contactId)}::uuid[], ${marks.map(({ mark }) => mark)}::text[])
        as mark (contact_id, value)
    ),
    found as (
      select key, mentions from idempotency_key
      where account_id = ${tx.accountId}::uuid and mentions && ${marks.map(({ mark }) => mark)}::text[]
    ),
    gone as (
      update idempotency_key as kept
      set headers = '{}', body = null, mentions = '{}', shown = null, withheld = 'erased'
      from found
      where kept.account_id = ${tx.accountId}::uuid and kept.key = found.key
      returning found.key, found.mentions
    )
    select mark.contact_id as "contactId", count(distinct gone.key)::int as count
    from gone join mark on mark.value = any(gone.mentions)
    group by 1`
}

/** What was shown as not masked is masked from now on: those who see it masked are not given it again as it was. */
export async function withholdUnmasked(tx: Context): Promise<void> {
  await tx.db.$executeRaw`
    update idempotency_key
    set body = null, mentions = '{}', withheld = 'masked'
    where account_id = ${tx.accountId}::uuid
      and mentions <> '{}'
      and not 'contacts:reveal' = any(permissions)`
}
