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
    rejectedImportRows: await readRejectedRows(tx, contact),
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
  attempts: number
  /** What the mail server answered. */
  smtpCode: number | null
  enhancedCode: string | null
  sentAt: Date | null
  stateAt: Date
}

function readMessages(tx: Context, contactId: string) {
  return tx.db.$queryRaw<MessageRow[]>`
    select campaign.name as campaign, message.channel::text, message.state::text, message.reason,
           message.tracking_mode::text as "trackingMode", message.attempts,
           message.smtp_code as "smtpCode", message.enhanced_code as "enhancedCode", message.sent_at as "sentAt",
           message.state_at as "stateAt"
    from message
    left join campaign on campaign.account_id = message.account_id and campaign.id = message.campaign_id
    where message.account_id = ${tx.accountId}::uuid and message.contact_id = ${contactId}::uuid
    union all
    -- mails of the platform itself, such as those that ask for a confirmation: of no campaign, and never tracked
    select null, 'email', state::text, reason, 'off', attempts, smtp_code, enhanced_code, sent_at, state_at
    from system_mail
    where account_id = ${tx.accountId}::uuid and contact_id = ${contactId}::uuid
    order by "stateAt"`
}

export interface EventRow {
  type: string
  campaign: string | null
  link: number | null
  /** Who caused it: `human`, `machine` or `unknown`; null: not judged yet. */
  source: string | null
  /** Why it was judged so; of one that was not judged yet, what was seen of the client. */
  reasons: string[]
  occurredAt: Date
}

function readEvents(tx: Context, contactId: string) {
  return tx.db.$queryRaw<EventRow[]>`
    select event.type, campaign.name as campaign, event.link, event.source::text, event.reasons,
           event.occurred_at as "occurredAt"
    from event
    left join campaign on campaign.account_id = event.account_id and campaign.id = event.campaign_id
    where event.account_id = ${tx.accountId}::uuid and event.contact_id = ${contactId}::uuid
    union all
    select inbox.type, campaign.name, inbox.link, null, inbox.hints, inbox.occurred_at
    from event_inbox as inbox
    left join campaign on campaign.account_id = inbox.account_id and campaign.id = inbox.campaign_id
    where inbox.account_id = ${tx.accountId}::uuid and inbox.contact_id = ${contactId}::uuid
    order by "occurredAt"`
}

/** Rows of files about the contact that an import refused, until they are forgotten with it. */
function readRejectedRows(tx: Context, { email, phone, externalId }: ContactWithLists) {
  const known = [{ email }, { phone }, { externalId }].filter((one) => !Object.values(one).includes(null))
  return tx.db.importError.findMany({
    where: { ...tx.scope, OR: known },
    select: { line: true, code: true, detail: true, row: true, import: { select: { createdAt: true } } },
    orderBy: [{ importId: 'asc' }, { line: 'asc' }],
  })
}
