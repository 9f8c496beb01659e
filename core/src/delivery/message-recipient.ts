import type { Snapshot } from '../campaigns/snapshot.ts'
import type { Recipient } from '../content/content-job.ts'
import type { TrackingOrder } from '../content/tracking-order.ts'
import type { Context } from '../context.ts'
import { contactScope } from '../templates/content-scope.ts'
import { addressMark } from '../tracking/address-mark.ts'
import { signOpen, signPreferences, signUnsubscribe, signView } from '../tracking/token.ts'
import type { Claimed } from './claim.sql.ts'
import type { Delivery } from './open-delivery.ts'

/** What a message says besides what is its contact's; the page that shows it in the browser has that too. */
export type MessageBasis = Pick<Delivery, 'campaignId' | 'snapshot' | 'account' | 'tokens'>

/** A message's own links. */
export function messageUrls(
  context: Context,
  { tokens, snapshot }: Pick<MessageBasis, 'tokens' | 'snapshot'>,
  { id: messageId, contactId, email }: { id: string; contactId: string; email: string },
) {
  const { accountId, settings } = context
  const address = addressMark(context, email)
  const to = (page: string, token: string) => `${settings.publicUrl}/${page}/${token}`
  const purposeId = snapshot.purpose.id
  return {
    unsubscribeUrl: to('u', signUnsubscribe(tokens, { accountId, contactId, messageId, purposeId, address })),
    preferencesUrl: to('p', signPreferences(tokens, { accountId, contactId, messageId, address })),
    viewUrl: to('view', signView(tokens, { accountId, contactId, messageId, address })),
  }
}

/** Whom a message is rendered for, and how it is tracked; and its link to unsubscribe, which its headers have too. */
export function recipientOf(
  context: Context,
  about: MessageBasis,
  message: Pick<
    Claimed,
    | 'id'
    | 'contactId'
    | 'email'
    | 'phone'
    | 'externalId'
    | 'firstName'
    | 'lastName'
    | 'locale'
    | 'timezone'
    | 'attributes'
  >,
  mode: 'off' | 'aggregate' | 'individual',
): Recipient & { unsubscribeUrl: string } {
  const { account, snapshot } = about
  const urls = messageUrls(context, about, message)
  const scope = { contact: contactScope(message), account, campaign: { name: snapshot.name }, ...urls }
  const tracking: TrackingOrder = mode === 'off' ? { mode } : orderOf(context, about, message, mode)
  return { scope, tracking, unsubscribeUrl: urls.unsubscribeUrl }
}

function orderOf(
  { accountId, settings: { publicUrl } }: Context,
  { campaignId, snapshot, tokens }: MessageBasis,
  { id: messageId, contactId }: { id: string; contactId: string },
  mode: 'aggregate' | 'individual',
): TrackingOrder {
  const { opens, clicks }: Snapshot['tracking'] = snapshot.tracking
  const recipient = mode === 'individual' ? { messageId, contactId } : null
  const order = { mode, accountId, campaignId, publicUrl, clicks, recipient }
  if (!opens) return order
  return { ...order, openUrl: `${publicUrl}/o/${signOpen(tokens, { accountId, campaignId, recipient })}.gif` }
}
