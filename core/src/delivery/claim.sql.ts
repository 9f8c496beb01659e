import { Prisma, type TrackingConsent } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { prepared } from '../prepared.ts'
import { eligibility } from './eligibility.sql.ts'
import type { Delivery } from './open-delivery.ts'

/** A message in the hands of a lane, with what is known of its contact; it has not left. */
export interface Claimed {
  id: string
  /** Anew for each claim. */
  claimId: string
  contactId: string
  attempts: number
  firstAttemptAt: Date | null
  email: string
  phone: string | null
  externalId: string | null
  firstName: string | null
  lastName: string | null
  locale: string | null
  timezone: string | null
  attributes: unknown
  tracking: TrackingConsent
  objections: string[]
  /** Why it must not be sent after all; null when it may. */
  excluded: string | null
}

/** How long a claim holds without being renewed: a lane that died leaves its messages to others after that. */
const CLAIM_MS = 60_000

/**
 * Takes messages that are due, each for one lane only (`skip locked`), with their contacts and their ground. They stay
 * `queued` or `deferred`: a claim alone never makes a message count as sent. What an earlier run of the same job has
 * claimed is free to it at once, as that run can begin no hand-off any more (see `beginHandOff`).
 */
export async function claimMessages(
  context: Context,
  { campaignId, idFrom, idTo, snapshot }: Delivery,
  jobId: string,
  limit: number,
): Promise<Claimed[]> {
  const { accountId } = context
  const now = context.clock.now()
  const { from, reason } = eligibility(Prisma.sql`contact`, snapshot.purpose.id)
  const { rows } = await context.pool.query<Claimed>(
    prepared(
      'claim-messages',
      Prisma.sql`
        with free as materialized (
          select id
          from message
          where account_id = ${accountId}::uuid and campaign_id = ${campaignId}::uuid
            and id >= ${idFrom}::uuid and id < ${idTo}::uuid
            and state in ('queued', 'deferred') and next_attempt_at <= ${now}::timestamptz
            and (claimed_until is null or claimed_until <= ${now}::timestamptz or claimed_by = ${jobId}::uuid)
          limit ${limit}::integer
          for update skip locked
        ),
        claimed as (
          update message
          set claimed_by = ${jobId}::uuid, claim_id = ${context.newId()}::uuid, claimed_until = ${new Date(now.getTime() + CLAIM_MS)}::timestamptz
          from free
          where message.account_id = ${accountId}::uuid and message.id = free.id
            and message.id >= ${idFrom}::uuid and message.id < ${idTo}::uuid
          returning message.id, message.claim_id, message.contact_id, message.attempts, message.first_attempt_at
        )
        select
          claimed.id, claimed.claim_id as "claimId", claimed.contact_id as "contactId", claimed.attempts, claimed.first_attempt_at as "firstAttemptAt",
          contact.email, contact.phone, contact.external_id as "externalId", contact.first_name as "firstName",
          contact.last_name as "lastName", contact.locale, contact.timezone, contact.attributes, contact.tracking,
          contact.objections, ${reason} as excluded
        from claimed
        join contact on contact.account_id = ${accountId}::uuid and contact.id = claimed.contact_id
        ${from}`,
    ),
  )
  return rows
}
