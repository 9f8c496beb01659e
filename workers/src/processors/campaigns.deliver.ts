import { deliverCampaign } from '@envoi/core/delivery/deliver-campaign'
import type { Processor } from '../processor.ts'

export const deliver: Processor<'campaigns.deliver'> = deliverCampaign
