import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { prepared } from '../prepared.ts'

/**
 * Rolls up on contacts when they last got a message. Rows that somebody else has locked are not waited for: an import may
 * hold thousands of them for seconds. Answers the contacts that are still to be done.
 */
export async function touchContacts(context: Context, contactIds: readonly string[]): Promise<string[]> {
  if (contactIds.length === 0) return []
  const { accountId } = context
  const { rows } = await context.pool.query<{ id: string }>(
    prepared(
      'touch-contacts',
      Prisma.sql`
        with free as materialized (
          select id from contact
          where account_id = ${accountId}::uuid and id = any(${contactIds}::uuid[])
          for no key update skip locked
        )
        update contact
        set last_sent_at = ${context.clock.now()}::timestamptz
        from free
        where contact.account_id = ${accountId}::uuid and contact.id = free.id
        returning contact.id`,
    ),
  )
  const done = new Set(rows.map(({ id }) => id))
  return contactIds.filter((id) => !done.has(id))
}
