import type { Snapshot } from '../campaigns/snapshot.ts'
import { contentRenderer, type Renderer } from '../content/run-content.ts'
import type { Context } from '../context.ts'
import { type DkimKey, loadDkimKey } from '../mail/dkim.ts'
import { dkimSeal } from '../senders/create-sender-domain.ts'
import type { TokenKeys } from '../tracking/token.ts'
import { tokenKeysOf } from '../tracking/token-keys.ts'
import { messageIdRange } from './message-id.ts'

/** A campaign ready to be handed over: all that does not change from one message to the next, made once. */
export interface Delivery {
  campaignId: string
  snapshot: Snapshot
  /** All ids of its messages lie between: one partition, known before anything is read. */
  idFrom: string
  idTo: string
  throttle: number | null
  /** Its messages go to the sink. */
  testMode: boolean
  dailyQuota: number | null
  account: { name: string; locale: string }
  render: Renderer
  dkim: DkimKey | null
  tokens: TokenKeys
}

/**
 * null when the campaign is not being sent; `account_stopped` while its account may send nothing; `unsigned` when the domain
 * of its sender is not verified any more: only an account in trial, which writes to its own users, may send without a signature.
 */
export async function openDelivery(
  context: Context,
  campaignId: string,
): Promise<Delivery | 'account_stopped' | 'unsigned' | null> {
  const campaign = await context.db.campaign.findUnique({
    where: { accountId_id: { ...context.scope, id: campaignId } },
    include: { account: true },
  })
  if (campaign === null || campaign.status !== 'sending' || campaign.startedAt === null) return null
  const { account, startedAt } = campaign
  if (account.status !== 'active' && account.status !== 'trial') return 'account_stopped'
  // written by takeSnapshot
  const snapshot = campaign.snapshot as unknown as Snapshot
  const dkim = await openDkimKey(context, snapshot.sender.domainId)
  if (dkim === null && account.status !== 'trial') return 'unsigned'
  return {
    campaignId,
    snapshot,
    ...messageIdRange(startedAt),
    throttle: campaign.throttle,
    testMode: campaign.testMode,
    // what does not leave counts for no quota
    dailyQuota: campaign.testMode ? null : account.dailyQuota,
    account: snapshot.account ?? { name: account.name, locale: account.locale },
    render: contentRenderer(context, { ...snapshot.content, mjml: null }),
    dkim,
    tokens: tokenKeysOf(context.keys),
  }
}

/** The key of a verified domain, unsealed and parsed once; mail of another domain is not signed. */
export async function openDkimKey(context: Context, domainId: string | null): Promise<DkimKey | null> {
  if (domainId === null) return null
  const domain = await context.db.senderDomain.findUnique({
    where: { accountId_id: { ...context.scope, id: domainId } },
  })
  if (domain === null || domain.status !== 'verified') return null
  return loadDkimKey({
    domain: domain.domain,
    selector: domain.dkimSelector,
    privateKey: context.keys.open(domain.dkimPrivateKey, dkimSeal).toString(),
  })
}
