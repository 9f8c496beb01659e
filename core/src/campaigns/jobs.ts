export interface CampaignJobs {
  /** Starts a scheduled campaign, when its time has come. */
  'campaigns.start': { campaignId: string }
  /** Turns the audience into messages. */
  'campaigns.freeze': { campaignId: string }
  /** Hands messages over. Several lanes of one campaign may run at the same time; lane 0 sees to the others and to the end. */
  'campaigns.deliver': { campaignId: string; lane: number }
  /** Takes back the messages of a cancelled campaign that have not left. */
  'campaigns.cancel': { campaignId: string }
  /**
   * Sends a test to one user of the account: when it is put off, those to others are not sent again. `reveal`: whether who asked
   * for it may see the contact unmasked; `testMode`: it goes to the sink.
   */
  'campaigns.sendTest': {
    campaignId: string
    userId: string
    contactId: string | null
    reveal: boolean
    testMode?: boolean
  }
}
