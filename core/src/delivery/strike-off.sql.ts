import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { fingerprint } from '../crypto/keys.ts'
import { entryHash } from '../records/entry-hash.ts'
import { suppressionContent } from '../records/record-kinds.ts'

/**
 * CTEs (`dead`, `struck_off`, `suppressed`, `recorded`) for addresses that a server says do not exist: the contact, if it still bears the
 * address, is undeliverable, and the address is suppressed. In clear only then: the contact may have been erased while the
 * server made up its mind, and its address must not come back. The update waits for an erasure that has begun.
 */
export function strikeOff(
  context: Context,
  dead: readonly { contactId: string; email: string }[],
): Prisma.Sql {
  const { accountId } = context
  const now = context.clock.now()
  const barred = dead.map(({ contactId, email }) => {
    const id = context.newId()
    const hash = fingerprint(context.keys, accountId, 'email', email)
    const said = {
      channel: 'email' as const,
      fingerprint: hash,
      reason: 'hard_bounce',
      purposeKey: '',
      createdAt: now,
    }
    const entry = { kind: 'suppression', subjectId: id, version: 1 }
    return {
      id,
      contactId,
      email,
      fingerprint: hash,
      entryId: context.newId(),
      inClear: entryHash(context, entry, suppressionContent({ ...said, value: email })),
      forgotten: entryHash(context, entry, suppressionContent({ ...said, value: null })),
    }
  })
  return Prisma.sql`
    dead as (
      select *
      from unnest(
        ${barred.map(({ id }) => id)}::uuid[],
        ${barred.map(({ contactId }) => contactId)}::uuid[],
        ${barred.map(({ email }) => email)}::text[],
        ${barred.map((one) => one.fingerprint)}::bytea[],
        ${barred.map(({ entryId }) => entryId)}::uuid[],
        ${barred.map(({ inClear }) => inClear)}::bytea[],
        ${barred.map(({ forgotten }) => forgotten)}::bytea[]
      ) as dead (id, contact_id, email, fingerprint, entry_id, in_clear, forgotten)
    ),
    struck_off as (
      update contact
      set undeliverable_at = ${now}::timestamptz, version = contact.version + 1, updated_at = ${now}::timestamptz
      from dead
      where contact.account_id = ${accountId}::uuid and contact.id = dead.contact_id and contact.email = dead.email
      returning contact.email
    ),
    suppressed as (
      insert into suppression (account_id, id, channel, fingerprint, value, reason, purpose_key, created_at)
      select ${accountId}::uuid, dead.id, 'email', dead.fingerprint, struck_off.email, 'hard_bounce', '', ${now}::timestamptz
      from dead
      left join struck_off on struck_off.email = dead.email
      on conflict (account_id, channel, fingerprint, purpose_key) do nothing
      returning id, value
    ),
    -- what the suppression says from now on (core/src/records)
    recorded as (
      insert into record_entry (account_id, id, kind, subject_id, version, hash)
      select ${accountId}::uuid, dead.entry_id, 'suppression', dead.id, 1,
        case when suppressed.value is null then dead.forgotten else dead.in_clear end
      from suppressed
      join dead on dead.id = suppressed.id
    )`
}
