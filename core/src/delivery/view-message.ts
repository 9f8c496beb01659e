import type { Snapshot } from '../campaigns/snapshot.ts'
import { ContentError } from '../content/content-error.ts'
import { renderForOne } from '../content/run-content.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { speaksFor } from '../tracking/address-mark.ts'
import type { ViewToken } from '../tracking/token.ts'
import { tokenKeysOf } from '../tracking/token-keys.ts'
import { recipientOf } from './message-recipient.ts'
import { trackingMode } from './tracking-mode.ts'

/** How long a message can be viewed in the browser: its link shows personal data to whoever holds it, and links get forwarded. */
export const viewDays = 365

export interface Viewed {
  account: { name: string; locale: string; legal: unknown }
  contact: { locale: string | null }
  html: string | null
  /** Why there is nothing to see: it was sent too long ago, or to an address that is not the contact’s any more. */
  gone: 'expired' | 'moved' | null
}

/**
 * A message as its recipient got it, for their browser: rendered anew by what rendered it, from what the campaign sent and what is
 * known of the contact now, since no copies are kept. Looking is not counted: there is no pixel. Links are tracked no more
 * than in the message, and less when the person has said so since (`isTrackingRefused`: their browser does). 404 when the
 * message never left, or the contact is gone; not shown to a mailbox that the contact has left.
 */
export async function viewMessage(
  context: Context,
  token: ViewToken,
  { isTrackingRefused }: { isTrackingRefused: boolean },
): Promise<Viewed> {
  const { messageId, contactId } = token
  const message = await context.db.message.findUnique({
    where: { accountId_id: { ...context.scope, id: messageId }, contactId },
    include: { contact: true, campaign: { include: { account: true } } },
  })
  const hasLeft = message !== null && ['sending', 'sent', 'unknown', 'sink'].includes(message.state)
  if (!hasLeft || message.contact === null || message.campaign === null) throw new DomainError('not_found')
  const { contact, campaign } = message
  const { account } = campaign
  // it would show what is known of the contact now to whoever has the mailbox of then
  if (!speaksFor(context, token, contact))
    return { account, contact: { locale: null }, html: null, gone: 'moved' }
  const since = message.sentAt ?? message.stateAt
  if (context.clock.now().getTime() - since.getTime() > viewDays * 86_400_000)
    return { account, contact, html: null, gone: 'expired' }

  // written by takeSnapshot
  const snapshot = campaign.snapshot as unknown as Snapshot
  const now = trackingMode(snapshot.tracking, contact)
  const mode = isTrackingRefused ? 'off' : lesser(message.trackingMode ?? 'off', now)
  const basis = {
    campaignId: campaign.id,
    snapshot: { ...snapshot, tracking: { ...snapshot.tracking, opens: false } },
    account: snapshot.account ?? { name: account.name, locale: account.locale },
    tokens: tokenKeysOf(context.keys),
  }
  const row = { ...contact, id: messageId, contactId, email: contact.email ?? '' }
  const { unsubscribeUrl: _, ...recipient } = recipientOf(context, basis, row, mode)
  const source = { ...snapshot.content, mjml: null }
  const { html } = await renderForOne(context, source, recipient, { only: 'html' }).catch(notNow)
  if (html === null) throw new DomainError('not_found')
  return { account, contact, html, gone: null }
}

/** It was rendered once: what has become of the contact's data since is too much for it, or the machine is busy. */
function notNow(error: unknown): never {
  throw error instanceof ContentError ? new DomainError('unavailable', { retryAfter: 60 }) : error
}

const modes = ['off', 'aggregate', 'individual'] as const
type Mode = (typeof modes)[number]

function lesser(one: Mode, other: Mode): Mode {
  return modes.indexOf(one) < modes.indexOf(other) ? one : other
}
