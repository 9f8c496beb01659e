import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'

/**
 * Two CTEs (`struck_off`, `suppressed`) for addresses that a server says do not exist: the contact, if it still bears the
 * address, is undeliverable, and the address is suppressed. In clear only then: the contact may have been erased while the
 * server made up its mind, and its address must not come back. The update waits for an erasure that has begun.
 */
export function strikeOff(
  context: Context,
  dead: readonly { contactId: string; email: string }[],
): Prisma.Sql {
  const { accountId } = context
  const now = context.clock.now()
  return Prisma.sql`
    struck_off as (
      update contact
      set undeliverable_at = ${now}::timestamptz, version = contact.version + 1, updated_at = ${now}::timestamptz
      from unnest(${dead.map(({ contactId }) => contactId)}::uuid[], ${dead.map(({ email }) => email)}::text[])
        as dead (contact_id, email)
      where contact.account_id = ${accountId}::uuid and contact.id = dead.contact_id and contact.email = dead.email
      returning contact.email
    ),
    suppressed as (
      insert into suppression (account_id, id, channel, fingerprint, value, reason, purpose_key, created_at)
      select ${accountId}::uuid, dead.id, 'email', dead.fingerprint, struck_off.email, 'hard_bounce', '', ${now}::timestamptz
      from unnest(
        ${dead.map(() => context.newId())}::uuid[],
        ${dead.map(({ email }) => fingerprint(context.keys, accountId, 'email', email))}::bytea[],
        ${dead.map(({ email }) => email)}::text[]
      ) as dead (id, fingerprint, email)
      left join struck_off on struck_off.email = dead.email
      on conflict (account_id, channel, fingerprint, purpose_key) do nothing
    )`
}
