import type { Suppression } from '@envoi/prisma'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { recordGone } from '../records/record-rows.ts'
import { transaction } from '../transaction.ts'
import { getSuppression } from './read-suppressions.ts'

/**
 * Lets an address be written to again. What the person asked for themselves (an unsubscription, a complaint) is lifted only by
 * the person: by a consent collected since.
 */
export async function deleteSuppression(context: Context, id: string): Promise<void> {
  await transaction(context, async (tx) => {
    const suppression = await getSuppression(tx, id)
    const asked = suppression.reason === 'unsubscribe' || suppression.reason === 'complaint'
    if (asked && !(await hasAgreedSince(tx, suppression)))
      throw new DomainError('instruction_may_infringe', {
        detail:
          'The person asked not to be written to (GDPR art. 21(3), directive 2002/58/EC art. 13): only a consent of theirs, collected since and recorded with its evidence, lifts it.',
      })
    await tx.db.suppression.delete({ where: { accountId_id: { ...tx.scope, id } } })
    await recordGone(tx, 'suppression', [id])
    await recordAudit(tx, { target: { type: 'suppression', id } })
  })
}

async function hasAgreedSince(tx: Context, { channel, value, purposeKey, createdAt }: Suppression) {
  if (value === null) return false
  const consents = await tx.db.$queryRaw<unknown[]>`
    select 1
    from contact
    join consent on consent.account_id = contact.account_id and consent.contact_id = contact.id
    join consent_event as proof on proof.account_id = contact.account_id and proof.id = consent.event_id
    where contact.account_id = ${tx.accountId}::uuid
      and case ${channel} when 'email' then contact.email = ${value} else contact.phone = ${value} end
      and consent.channel = ${channel}::channel
      and consent.state = 'granted'
      and proof.collected_at > ${createdAt}
      and ${purposeKey} in ('', proof.purpose_key)
    limit 1`
  return consents.length > 0
}
