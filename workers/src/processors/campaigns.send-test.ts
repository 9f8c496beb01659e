import { sendTest } from '@envoi/core/campaigns/send-test'
import type { Processor } from '../processor.ts'

export const sendCampaignTest: Processor<'campaigns.sendTest'> = (context, payload) =>
  sendTest(context, payload)
