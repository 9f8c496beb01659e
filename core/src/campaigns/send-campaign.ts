import type { Context } from '../context.ts'
import type { CampaignWithCounts } from './read-campaigns.ts'
import { startCampaign } from './start-campaign.ts'

/** Sends a draft to everyone in its audience who may receive it. A second call is refused, whatever their order. */
export async function sendCampaign(context: Context, id: string): Promise<CampaignWithCounts> {
  return startCampaign(context, id, 'draft')
}
