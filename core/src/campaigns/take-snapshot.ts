import type { Campaign, Purpose, Sender, Template } from '@envoi/prisma'
import type { ContentSummary } from '../content/content-job.ts'
import type { Context } from '../context.ts'
import { ruleOf } from '../segments/read-segments.ts'
import type { Audience, Snapshot } from './snapshot.ts'

/** A campaign with all that it refers to. */
export type WholeCampaign = Campaign & {
  purpose: Purpose
  sender: Sender & { senderDomain: { domain: string; status: string; checks: unknown } | null }
  template: Template | null
  segment: { rule: unknown } | null
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
  if (segment !== null) return { rule: ruleOf(segment) }
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
  const { purpose, sender } = campaign
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
  }
}

export async function getWholeCampaign(context: Context, id: string): Promise<WholeCampaign | null> {
  return context.db.campaign.findUnique({
    where: { accountId_id: { ...context.scope, id } },
    include: {
      purpose: true,
      sender: { include: { senderDomain: { select: { domain: true, status: true, checks: true } } } },
      template: true,
      segment: { select: { rule: true } },
      lists: { select: { listId: true } },
    },
  })
}
