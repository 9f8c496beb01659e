import { cancelCampaign } from '@envoi/core/campaigns/cancel-campaign'
import { countReasons } from '@envoi/core/campaigns/count-messages'
import { createCampaign } from '@envoi/core/campaigns/create-campaign'
import { deleteCampaign } from '@envoi/core/campaigns/delete-campaign'
import type { Finding } from '@envoi/core/campaigns/finding'
import { listCampaignMessages } from '@envoi/core/campaigns/list-messages'
import { pauseCampaign } from '@envoi/core/campaigns/pause-campaign'
import { preflightCampaign } from '@envoi/core/campaigns/preflight'
import { type CampaignWithCounts, getCampaign, listCampaigns } from '@envoi/core/campaigns/read-campaigns'
import { reportCampaign } from '@envoi/core/campaigns/report-campaign'
import { resumeCampaign } from '@envoi/core/campaigns/resume-campaign'
import { scheduleCampaign } from '@envoi/core/campaigns/schedule-campaign'
import { sendCampaign } from '@envoi/core/campaigns/send-campaign'
import { requestTest } from '@envoi/core/campaigns/send-test'
import { updateCampaign } from '@envoi/core/campaigns/update-campaign'
import { type Masked, maskMessage } from '@envoi/core/contacts/mask'
import type { Message } from '@envoi/core/database'
import { contract } from '@envoi/openapi'
import { accepted, created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const campaignsHandlers = implement(contract.campaigns, {
  create: async ({ body }, context) => {
    const campaign = await createCampaign(context, body)
    return created(`/v1/campaigns/${campaign.id}`, presentCampaign(campaign), campaign)
  },
  list: async ({ query }, context) => page(await listCampaigns(context, query), presentCampaign),
  get: async ({ params }, context) => {
    const campaign = await getCampaign(context, params.campaignId)
    return ok(presentCampaign(campaign), campaign)
  },
  update: async ({ params, body, ifMatch }, context) => {
    const campaign = await updateCampaign(context, params.campaignId, body, ifMatch)
    return ok(presentCampaign(campaign), campaign)
  },
  delete: async ({ params }, context) => {
    await deleteCampaign(context, params.campaignId)
    return noContent()
  },
  preflight: async ({ params }, context) => {
    const { findings } = await preflightCampaign(context, params.campaignId)
    return ok({
      ok: findings.every(({ severity }) => severity !== 'error'),
      findings: findings.map(presentFinding),
    })
  },
  test: async ({ params, body }, context) => underWay(await requestTest(context, params.campaignId, body)),
  send: async ({ params }, context) => underWay(await sendCampaign(context, params.campaignId)),
  schedule: async ({ params, body }, context) =>
    underWay(await scheduleCampaign(context, params.campaignId, new Date(body.at))),
  pause: async ({ params }, context) => underWay(await pauseCampaign(context, params.campaignId)),
  resume: async ({ params }, context) => underWay(await resumeCampaign(context, params.campaignId)),
  cancel: async ({ params }, context) => underWay(await cancelCampaign(context, params.campaignId)),
  report: async ({ params }, context) => {
    const { campaign, ...activity } = await reportCampaign(context, params.campaignId)
    return ok({ campaign: campaign.id, counts: presentCounts(campaign), ...activity })
  },
  messages: async ({ params, query }, context) =>
    page(await listCampaignMessages(context, params.campaignId, query), (message) =>
      presentMessage(maskMessage(message)),
    ),
})

const underWay = (campaign: CampaignWithCounts) =>
  accepted(`/v1/campaigns/${campaign.id}`, presentCampaign(campaign))

const presentFinding = ({ severity, code, rule, detail, fix }: Finding) => ({
  severity,
  code,
  rule,
  detail,
  fix,
})

export const presentMessage = (message: Masked<Omit<Message, 'contact'>>) => ({
  id: message.id,
  contact: message.contactId,
  campaign: message.campaignId,
  channel: message.channel,
  state: message.state,
  reason: message.reason,
  trackingMode: message.trackingMode,
  attempts: message.attempts,
  sentAt: message.sentAt?.toISOString() ?? null,
  stateAt: message.stateAt.toISOString(),
})

const states = [
  'queued',
  'sending',
  'sent',
  'deferred',
  'failed',
  'unknown',
  'excluded',
  'cancelled',
  'sink',
] as const

function presentCampaign(campaign: CampaignWithCounts) {
  const { counts } = campaign
  const of = (key: string) => counts[key] ?? 0
  const total = states.reduce((sum, state) => sum + of(state), 0)
  const waiting = of('queued') + of('sending') + of('deferred')
  return {
    id: campaign.id,
    name: campaign.name,
    channel: campaign.channel,
    status: campaign.status,
    statusReason: campaign.statusReason,
    approval:
      campaign.approvedAt === null
        ? null
        : {
            at: campaign.approvedAt.toISOString(),
            by: { type: campaign.approvedByType as 'user', id: campaign.approvedById },
          },
    purpose: campaign.purpose.key,
    segment: campaign.segmentId,
    lists: campaign.lists.map(({ listId }) => listId),
    sender: campaign.senderId,
    template: campaign.templateId,
    content: campaign.content as { subject: string } | null,
    tracking: {
      opens: campaign.trackOpens,
      clicks: campaign.trackClicks,
      mode: campaign.trackAs === 'aggregate' ? ('aggregate' as const) : ('individual' as const),
    },
    throttle: campaign.throttle,
    testMode: campaign.testMode,
    schedule: campaign.scheduledAt?.toISOString() ?? null,
    progress: { done: total - waiting, total: campaign.frozenAt === null ? null : total },
    counts: presentCounts(campaign),
    createdAt: campaign.createdAt.toISOString(),
    updatedAt: campaign.updatedAt.toISOString(),
    startedAt: campaign.startedAt?.toISOString() ?? null,
    completedAt: campaign.completedAt?.toISOString() ?? null,
  }
}

function presentCounts({ counts }: CampaignWithCounts) {
  const of = (key: string) => counts[key] ?? 0
  return {
    queued: of('queued'),
    sending: of('sending'),
    sent: of('sent'),
    deferred: of('deferred'),
    failed: of('failed'),
    unknown: of('unknown'),
    excluded: of('excluded'),
    cancelled: of('cancelled'),
    sink: of('sink'),
    opened: of('opened'),
    clicked: of('clicked'),
    aggregateOpens: of('aggregateOpens'),
    aggregateClicks: of('aggregateClicks'),
    unsubscribed: of('unsubscribed'),
    reasons: countReasons(counts),
  }
}
