import { cancelMessages } from '@envoi/core/campaigns/cancel-campaign'
import type { Processor } from '../processor.ts'

export const cancel: Processor<'campaigns.cancel'> = (context, { campaignId }, run) =>
  cancelMessages(context, campaignId, run)
