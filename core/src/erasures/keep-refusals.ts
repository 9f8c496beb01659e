import { type Channel, Prisma } from '@envoi/prisma'
import { groundsOf } from '../consents/ground.sql.ts'
import type { Context } from '../context.ts'
import { recordRows } from '../records/record-rows.ts'
import { addressFingerprint } from '../suppressions/suppressed-address.ts'

interface Refusal {
  channel: Channel
  value: string
  purposeKey: string
  since: Date
}

/**
 * Keeps what people had refused as suppressions of their addresses: the contact goes, the no stays (decision 25). An objection to
 * marketing bars from all of it; a consent that was refused or withdrawn, from its purpose, unless that is one which a no does not
 * stop. To be called before the contacts are deleted; `forgetSuppressed` then leaves fingerprints.
 */
export async function keepRefusals(tx: Context, contactIds: string[]): Promise<void> {
  const refusals = await readRefusals(tx, contactIds)
  if (refusals.length === 0) return
  const created = await tx.db.suppression.createManyAndReturn({
    data: refusals.map(({ channel, value, purposeKey, since }) => ({
      ...tx.scope,
      id: tx.newId(),
      channel,
      value,
      fingerprint: addressFingerprint(tx, channel, value),
      reason: 'unsubscribe',
      purposeKey,
      createdAt: since,
    })),
    // barred already, for this or a graver reason
    skipDuplicates: true,
    select: { id: true },
  })
  await recordRows(
    tx,
    'suppression',
    created.map(({ id }) => id),
  )
}

function readRefusals(tx: Context, contactIds: string[]): Promise<Refusal[]> {
  const { needsConsent, canBeRefused } = groundsOf(Prisma.sql`purpose`)
  return tx.db.$queryRaw<Refusal[]>`
    select address.channel, address.value, refusal.purpose_key as "purposeKey", refusal.since
    from contact
    cross join lateral (
      values ('email'::channel, contact.email), ('sms'::channel, contact.phone)
    ) as address (channel, value)
    cross join lateral (
      select '' as purpose_key, ${tx.clock.now()}::timestamptz as since
      where 'marketing' = any(contact.objections)
      union all
      select purpose.key, coalesce(proof.collected_at, consent.changed_at)
      from consent
      join purpose on purpose.account_id = ${tx.accountId}::uuid and purpose.id = consent.purpose_id
      left join consent_event as proof on proof.account_id = ${tx.accountId}::uuid and proof.id = consent.event_id
      where consent.account_id = ${tx.accountId}::uuid and consent.contact_id = contact.id
        and consent.channel = address.channel and consent.state in ('withdrawn', 'refused')
        and (${needsConsent} or ${canBeRefused})
    ) as refusal
    where contact.account_id = ${tx.accountId}::uuid and contact.id = any(${contactIds}::uuid[])
      and address.value is not null`
}
