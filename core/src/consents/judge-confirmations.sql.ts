import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { eligibility } from '../delivery/eligibility.sql.ts'
import type { Begun } from '../system-mails/kind.ts'

export interface Asked {
  id: string
  contactId: string
  purposeId: string
  email: string
  locale: string | null
  purposeName: string
  /** When the ledger line that waits was written. */
  recordedAt: Date
  /** Why it is not asked; null when it is. */
  reason: string | null
}

/**
 * Whether contacts are to be asked for a confirmation, all as committed when this statement begins: the line still waits, and
 * the message that they are asked about could be sent to them if they confirmed.
 */
export async function judgeConfirmations(context: Context, mails: readonly Begun[]): Promise<Asked[]> {
  const { accountId } = context
  const { from, reason } = eligibility(Prisma.sql`contact`, Prisma.sql`mail.purpose_id`, 'granted')
  return context.db.$queryRaw<Asked[]>`
    select
      mail.id, mail.contact_id as "contactId", mail.purpose_id as "purposeId", contact.email, contact.locale,
      ground_purpose.name as "purposeName", pending.recorded_at as "recordedAt",
      case
        when consent.event_id is distinct from mail.id or consent.state <> 'pending' then 'superseded'
        else ${reason}
      end as reason
    from unnest(
      ${mails.map(({ id }) => id)}::uuid[],
      ${mails.map(({ contactId }) => contactId)}::uuid[],
      ${mails.map(({ purposeId }) => purposeId)}::uuid[]
    ) as mail (id, contact_id, purpose_id)
    join contact on contact.account_id = ${accountId}::uuid and contact.id = mail.contact_id
    ${from}
    join consent_event as pending on pending.account_id = ${accountId}::uuid and pending.id = mail.id
    left join consent
      on consent.account_id = ${accountId}::uuid and consent.contact_id = mail.contact_id
      and consent.purpose_id = mail.purpose_id and consent.channel = 'email'`
}
