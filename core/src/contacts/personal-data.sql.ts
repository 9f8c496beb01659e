import type { Context } from '../context.ts'
import type { ContactWithLists } from './read-contacts.ts'

/** The records about a contact, as the person is to read them: by names, not by ids. */
export async function readContactRecords(tx: Context, contact: ContactWithLists) {
  return {
    lists: await readLists(tx, contact.id),
    consents: await readConsents(tx, contact.id),
    consentLedger: await readLedger(tx, contact.id),
    suppressions: await readSuppressions(tx, contact),
    messages: await readMessages(tx, contact.id),
    events: await readEvents(tx, contact.id),
  }
}

async function readLists(tx: Context, contactId: string) {
  const members = await tx.db.listMember.findMany({
    where: { ...tx.scope, contactId },
    select: { addedAt: true, list: { select: { name: true } } },
    orderBy: { addedAt: 'asc' },
  })
  return members.map(({ addedAt, list }) => ({ name: list.name, addedAt }))
}

async function readConsents(tx: Context, contactId: string) {
  const consents = await tx.db.consent.findMany({
    where: { ...tx.scope, contactId },
    select: { channel: true, state: true, changedAt: true, purpose: { select: { key: true } } },
    orderBy: { changedAt: 'asc' },
  })
  return consents.map(({ purpose, ...consent }) => ({ purpose: purpose.key, ...consent }))
}

function readLedger(tx: Context, contactId: string) {
  return tx.db.consentEvent.findMany({
    where: { ...tx.scope, contactId },
    select: {
      sequence: true,
      purposeKey: true,
      channel: true,
      state: true,
      source: true,
      collectedAt: true,
      text: true,
      textVersion: true,
      ip: true,
      url: true,
      recordedAt: true,
    },
    orderBy: { sequence: 'asc' },
  })
}

function readSuppressions(tx: Context, { email, phone }: ContactWithLists) {
  const values = [email, phone].filter((value) => value !== null)
  return tx.db.suppression.findMany({
    where: { ...tx.scope, value: { in: values } },
    select: { channel: true, purposeKey: true, reason: true, createdAt: true },
    orderBy: { createdAt: 'asc' },
  })
}

export interface MessageRow {
  campaign: string | null
  channel: string
  state: string
  reason: string | null
  trackingMode: string | null
  sentAt: Date | null
  stateAt: Date
}

function readMessages(tx: Context, contactId: string) {
  return tx.db.$queryRaw<MessageRow[]>`
    select campaign.name as campaign, message.channel::text, message.state::text, message.reason,
           message.tracking_mode::text as "trackingMode", message.sent_at as "sentAt", message.state_at as "stateAt"
    from message
    left join campaign on campaign.account_id = message.account_id and campaign.id = message.campaign_id
    where message.account_id = ${tx.accountId}::uuid and message.contact_id = ${contactId}::uuid
    union all
    -- mails of the platform itself, such as those that ask for a confirmation: of no campaign, and never tracked
    select null, 'email', state::text, reason, 'off', sent_at, state_at
    from system_mail
    where account_id = ${tx.accountId}::uuid and contact_id = ${contactId}::uuid
    order by "stateAt"`
}

export interface EventRow {
  type: string
  campaign: string | null
  link: number | null
  source: string
  occurredAt: Date
}

function readEvents(tx: Context, contactId: string) {
  return tx.db.$queryRaw<EventRow[]>`
    select event.type, campaign.name as campaign, event.link, event.source::text, event.occurred_at as "occurredAt"
    from event
    left join campaign on campaign.account_id = event.account_id and campaign.id = event.campaign_id
    where event.account_id = ${tx.accountId}::uuid and event.contact_id = ${contactId}::uuid
    order by event.occurred_at`
}
