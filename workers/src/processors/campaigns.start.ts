import { startScheduled } from '@envoi/core/campaigns/schedule-campaign'
import type { Processor } from '../processor.ts'

export const start: Processor<'campaigns.start'> = (context, { campaignId }) =>
  startScheduled(context, campaignId)
