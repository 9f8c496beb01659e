import type { SegmentRule } from '@envoi/openapi'
import { type Campaign, Prisma, type Purpose, type Sender, type Template } from '@envoi/prisma'
import type { ContentSummary } from '../content/content-job.ts'
import type { Context } from '../context.ts'
import { ruleOf } from '../segments/read-segments.ts'
import { loadReferences } from '../segments/rule-references.ts'
import type { Audience, Snapshot } from './snapshot.ts'

/** A campaign with all that it refers to. */
export type WholeCampaign = Campaign & {
  account: { name: string; locale: string }
  purpose: Purpose
  sender: Sender & { senderDomain: { domain: string; status: string; checks: unknown } | null }
  template: Template | null
  segment: { rule: unknown; segments?: Record<string, SegmentRule> } | null
  lists: { listId: string }[]
}

export interface Content {
  subject: string
  mjml: string | null
  html: string | null
  text: string | null
}

/** Template or inline, whichever it has. */
export function contentOf({ template, content }: WholeCampaign): Content | null {
  const given = template ?? (content as Partial<Content> | null)
  if (given === null) return null
  const { subject = '', mjml = null, html = null, text = null } = given
  return { subject, mjml, html, text }
}

export function audienceOf({ segment, lists }: WholeCampaign): Audience | null {
  if (segment !== null) return { rule: ruleOf(segment), segments: segment.segments }
  return lists.length === 0 ? null : { lists: lists.map(({ listId }) => listId) }
}

/** What nobody can refuse: a message without marketing that a contract, the law or a vital interest commands. */
export function isRefusable({ eprivacyGround, legalBasis }: Purpose): boolean {
  return (
    eprivacyGround !== 'non_marketing' ||
    legalBasis === 'consent' ||
    legalBasis === 'legitimate_interests' ||
    legalBasis === 'public_task'
  )
}

export function takeSnapshot(
  campaign: WholeCampaign,
  content: Content,
  compiled: Pick<ContentSummary, 'htmlSource'>,
  audience: Audience,
): Snapshot {
  const { account, purpose, sender } = campaign
  return {
    name: campaign.name,
    content: {
      subject: content.subject,
      html: compiled.htmlSource ?? '',
      text: content.text,
      mjml: content.mjml,
    },
    sender: {
      email: sender.email,
      name: sender.name,
      replyTo: sender.replyTo,
      domainId: sender.senderDomainId,
    },
    purpose: { id: purpose.id, key: purpose.key, name: purpose.name, isRefusable: isRefusable(purpose) },
    tracking: {
      opens: campaign.trackOpens,
      clicks: campaign.trackClicks,
      as: campaign.trackAs === 'aggregate' ? 'aggregate' : 'individual',
    },
    audience,
    account: { name: account.name, locale: account.locale },
  }
}

/** A campaign with all that it refers to: as it is while it is a draft, as it was approved from then on. */
export async function getWholeCampaign(context: Context, id: string): Promise<WholeCampaign | null> {
  const campaign = await context.db.campaign.findUnique({
    where: { accountId_id: { ...context.scope, id } },
    include: {
      account: { select: { name: true, locale: true } },
      purpose: true,
      sender: { include: { senderDomain: { select: { domain: true, status: true, checks: true } } } },
      template: true,
      segment: { select: { rule: true } },
      lists: { select: { listId: true } },
    },
  })
  return campaign && asApproved(campaign)
}

/**
 * What was true of them when it was approved, with what is true now of the purpose's grounds and of the sender's domain: those
 * are the law's.
 */
function asApproved(campaign: WholeCampaign): WholeCampaign {
  if (campaign.status === 'draft' || campaign.snapshot === null) return campaign
  // written by takeSnapshot
  const { content, sender, purpose, audience, account } = campaign.snapshot as unknown as Snapshot
  const { email, name, replyTo } = sender
  return {
    ...campaign,
    account: account ?? campaign.account,
    purpose: { ...campaign.purpose, name: purpose.name },
    template: null,
    // MJML was compiled then
    content: { ...content, mjml: null },
    sender: { ...campaign.sender, email, name, replyTo },
    segment: 'rule' in audience ? audience : null,
    lists: 'lists' in audience ? audience.lists.map((listId) => ({ listId })) : [],
  }
}

/** The audience with the rules of all segments that its rule names, as they are now. */
export async function closedAudience(context: Context, audience: Audience): Promise<Audience> {
  if ('lists' in audience) return audience
  const { segments } = await loadReferences(context, audience.rule, audience.segments)
  return { rule: audience.rule, segments: Object.fromEntries(segments) }
}

/** Who approves, and what: for the row of the campaign. */
export function approval(context: Context, snapshot: Snapshot) {
  return {
    snapshot: snapshot as object,
    approvedAt: context.clock.now(),
    approvedByType: context.actor.type,
    approvedById: context.actor.id,
  }
}

/** A draft again: nobody has approved it. */
export const withoutApproval = {
  snapshot: Prisma.DbNull,
  approvedAt: null,
  approvedByType: null,
  approvedById: null,
} as const
