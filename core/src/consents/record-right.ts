import type { ConsentState, Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { appendLines } from './append-lines.sql.ts'
import type { CheckedEvidence } from './evidence.ts'
import type { RightsKey } from './rights-keys.ts'

/** What becomes of the contact with it. */
type Change = Pick<
  Prisma.ContactUncheckedUpdateInput,
  'tracking' | 'trackingChangedAt' | 'restrictedAt' | 'objections'
>

/**
 * Adds a line about tracking, restriction or an objection to the ledger, and changes the contact with it. The contact is
 * locked by then (`lockContact`), and keeps the line's hash: the end of its chain for those.
 */
export async function recordRight(
  tx: Context,
  contactId: string,
  right: { key: RightsKey; state: ConsentState; proof: CheckedEvidence },
  change: Change,
): Promise<void> {
  const { key, state, proof } = right
  await tx.db.$queryRaw`
    with line as (
      select
        ${contactId}::uuid as contact_id, ${key}::text as purpose_key, null::channel as channel,
        ${state}::consent_state as state, ${proof.source}::text as source,
        ${proof.collectedAt}::timestamptz(3) as collected_at, ${proof.wording}::text as wording,
        ${proof.textVersion}::text as text_version, ${proof.ip}::text as ip, ${proof.url}::text as url,
        -- tracking is agreed to for the mailbox that is tracked
        case ${key}::text when 'tracking' then contact.email end as address
      from contact
      where account_id = ${tx.accountId}::uuid and id = ${contactId}::uuid
    ),
    ${appendLines(tx)}
    update contact
    set rights_event_id = chained.id, rights_event_hash = chained.hash
    from chained
    where contact.account_id = ${tx.accountId}::uuid and contact.id = chained.contact_id
    returning contact.id`
  await tx.db.contact.update({
    where: { accountId_id: { ...tx.scope, id: contactId } },
    data: { ...change, version: { increment: 1 }, updatedAt: tx.clock.now() },
    select: { id: true },
  })
}
