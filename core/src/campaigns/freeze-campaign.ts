import { Prisma } from '@envoi/prisma'
import type { Context } from '../context.ts'
import { eligibility } from '../delivery/eligibility.sql.ts'
import { DomainError } from '../errors.ts'
import { enqueue } from '../jobs/enqueue.ts'
import { transaction } from '../transaction.ts'
import { audiencePage } from './audience.sql.ts'
import { pauseByPlatform } from './pause-by-platform.ts'
import type { Snapshot } from './snapshot.ts'

/** Contacts in one statement: a transaction of a second or less. */
const BATCH = 10_000

/**
 * Turns the audience into messages: those who may receive the campaign are `queued`, the others `excluded`, each with its
 * reason. Batch by batch in the order of contacts' ids; how far it got commits with each batch, so a crash goes on where it
 * stood. Delivery begins with the first batch. A segment that cannot be applied any more pauses the campaign.
 */
export async function freezeCampaign(
  context: Context,
  campaignId: string,
  { signal, batchSize = BATCH }: { signal: AbortSignal; batchSize?: number },
): Promise<void> {
  try {
    while (await freezeBatch(context, campaignId, batchSize)) signal.throwIfAborted()
  } catch (error) {
    // the segment can name a list, a field or another segment that has been deleted since the campaign was looked at
    if (!(error instanceof DomainError)) throw error
    await pauseByPlatform(context, campaignId, 'segment_invalid')
  }
}

/** Answers whether there is more to do. */
async function freezeBatch(context: Context, campaignId: string, batchSize: number): Promise<boolean> {
  return transaction(context, async (tx) => {
    const campaign = await lockCampaign(tx, campaignId)
    if (campaign === undefined) return false
    const contacts = await insertMessages(tx, campaignId, campaign, batchSize)
    const isOver = contacts < batchSize
    if (isOver) {
      const now = tx.clock.now()
      await tx.db.campaign.update({
        where: { accountId_id: { ...tx.scope, id: campaignId } },
        data: { frozenAt: now, updatedAt: now },
      })
    }
    if (campaign.status === 'sending')
      await enqueue(tx, 'campaigns.deliver', { campaignId, lane: 0 }, { dedupeKey: `${campaignId}:0` })
    return !isOver
  })
}

interface Freezing {
  status: 'sending' | 'paused'
  started_at: Date
  freeze_cursor: string | null
  snapshot: Snapshot
}

/** Undefined when there is nothing to freeze any more. A paused campaign is frozen all the same: nothing leaves by that. */
async function lockCampaign(tx: Context, campaignId: string): Promise<Freezing | undefined> {
  const rows = await tx.db.$queryRaw<Freezing[]>`
    select status::text as status, started_at, freeze_cursor, snapshot
    from campaign
    where account_id = ${tx.accountId}::uuid and id = ${campaignId}::uuid
      and status in ('sending', 'paused') and frozen_at is null
    for no key update`
  return rows[0]
}

async function insertMessages(
  tx: Context,
  campaignId: string,
  { started_at, freeze_cursor, snapshot }: Freezing,
  limit: number,
): Promise<number> {
  const { accountId } = tx
  const now = tx.clock.now()
  const { from, reason } = eligibility(Prisma.sql`contact`, snapshot.purpose.id)
  const [row] = await tx.db.$queryRaw<{ contacts: number }[]>`
    with member as materialized (${await audiencePage(tx, snapshot.audience, freeze_cursor, limit)}),
    judged as (
      select member.id, ${reason} as reason
      from member
      join contact on contact.account_id = ${accountId}::uuid and contact.id = member.id
      ${from}
    ),
    message as (
      insert into message (account_id, id, campaign_id, contact_id, channel, state, reason, next_attempt_at, state_at)
      select
        ${accountId}::uuid, envoi_message_id(${started_at}::timestamptz, ${campaignId}::uuid, judged.id),
        ${campaignId}::uuid, judged.id, 'email'::channel,
        case when judged.reason is null then 'queued' else 'excluded' end::message_state, judged.reason,
        ${now}::timestamptz, ${now}::timestamptz
      from judged
      -- the id says which contact and campaign: nobody can be in twice
      on conflict (account_id, id) do nothing
    ),
    moved as (
      update campaign
      set freeze_cursor = (select id from member order by id desc limit 1)
      where account_id = ${accountId}::uuid and id = ${campaignId}::uuid and exists (select from member)
    )
    select count(*)::integer as contacts from member`
  return row?.contacts ?? 0
}
