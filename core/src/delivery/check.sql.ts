import { type AccountStatus, type CampaignStatus, Prisma, type TrackingConsent } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { prepared } from '../prepared.ts'
import { eligibility } from './eligibility.sql.ts'
import type { Delivery } from './open-delivery.ts'

/** What is true of a message at the last moment. */
export interface LastLook {
  id: string
  email: string
  tracking: TrackingConsent
  objections: string[]
  /** Why it must not leave; null when it may. */
  excluded: string | null
  campaignStatus: CampaignStatus
  accountStatus: AccountStatus
}

/**
 * The last look before messages leave: ground, address, tracking consent, state of the campaign and of the account, all as
 * committed when this statement begins. Whatever was withdrawn before that instant stays here; what is left after it is
 * the way of the answer and one write to a socket. A contact that is gone has no row.
 */
export async function lookBeforeHandOff(
  context: Context,
  { campaignId, snapshot }: Delivery,
  messages: readonly { id: string; contactId: string }[],
): Promise<Map<string, LastLook>> {
  const { accountId } = context
  const { from, reason } = eligibility(Prisma.sql`contact`, snapshot.purpose.id)
  const { rows } = await context.pool.query<LastLook>(
    prepared(
      'look-before-hand-off',
      Prisma.sql`
        select
          given.id, contact.email, contact.tracking, contact.objections, ${reason} as excluded,
          campaign.status as "campaignStatus", sending_account.status as "accountStatus"
        from unnest(${messages.map(({ id }) => id)}::uuid[], ${messages.map(({ contactId }) => contactId)}::uuid[])
          as given (id, contact_id)
        join contact on contact.account_id = ${accountId}::uuid and contact.id = given.contact_id
        join campaign on campaign.account_id = ${accountId}::uuid and campaign.id = ${campaignId}::uuid
        ${from}`,
    ),
  )
  return new Map(rows.map((row) => [row.id, row]))
}
