import type { Snapshot } from '../campaigns/snapshot.ts'
import { type RenderedContent, renderContent } from '../content/render-content.ts'
import type { Tracking } from '../content/tracking-tags.ts'
import type { Context } from '../context.ts'
import { contactScope } from '../templates/content-scope.ts'
import { signOpen, signPreferences, signUnsubscribe, signView } from '../tracking/token.ts'
import type { Claimed } from './claim.sql.ts'
import type { Delivery } from './open-delivery.ts'

/** The part of a delivery that rendering needs; the page that shows a message in the browser has it too. */
export type Rendering = Pick<
  Delivery,
  'campaignId' | 'snapshot' | 'account' | 'compiled' | 'tokens' | 'clickUrls'
>

/** A message's own links. */
export function messageUrls(
  context: Context,
  { tokens, snapshot }: Pick<Rendering, 'tokens' | 'snapshot'>,
  { id: messageId, contactId }: { id: string; contactId: string },
) {
  const { accountId, settings } = context
  const to = (page: string, token: string) => `${settings.publicUrl}/${page}/${token}`
  const purposeId = snapshot.purpose.id
  return {
    unsubscribeUrl: to('u', signUnsubscribe(tokens, { accountId, contactId, messageId, purposeId })),
    preferencesUrl: to('p', signPreferences(tokens, { accountId, contactId, messageId })),
    viewUrl: to('view', signView(tokens, { accountId, contactId, messageId })),
  }
}

/** Renders the campaign for one contact. Throws a ContentError when its data runs into a limit. */
export function renderMessage(
  context: Context,
  rendering: Rendering,
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
): RenderedContent & { unsubscribeUrl: string } {
  const { account, snapshot, compiled } = rendering
  const urls = messageUrls(context, rendering, message)
  const scope = { contact: contactScope(message), account, campaign: { name: snapshot.name }, ...urls }
  const tracking = mode === 'off' ? { mode } : trackingOf(context, rendering, message, mode)
  return { ...renderContent(compiled, scope, tracking), unsubscribeUrl: urls.unsubscribeUrl }
}

function trackingOf(
  context: Context,
  { campaignId, snapshot, tokens, clickUrls }: Rendering,
  { id: messageId, contactId }: { id: string; contactId: string },
  mode: 'aggregate' | 'individual',
): Tracking {
  const { opens, clicks }: Snapshot['tracking'] = snapshot.tracking
  const { accountId, settings } = context
  const recipient = mode === 'individual' ? { messageId, contactId } : null
  return {
    mode,
    ...(clicks
      ? { clickUrl: recipient === null ? clickUrls.aggregate : clickUrls.individual(recipient) }
      : {}),
    ...(opens
      ? { openUrl: `${settings.publicUrl}/o/${signOpen(tokens, { accountId, campaignId, recipient })}.gif` }
      : {}),
  }
}
