import { freezeCampaign } from '@envoi/core/campaigns/freeze-campaign'
import type { Processor } from '../processor.ts'

export const freeze: Processor<'campaigns.freeze'> = (context, { campaignId }, run) =>
  freezeCampaign(context, campaignId, run)
