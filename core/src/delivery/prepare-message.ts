import { ContentError, RenderTimeoutError } from '../content/content-error.ts'
import type { Context } from '../context.ts'
import { composeMessage, serializeMessage } from '../mail/compose-message.ts'
import { signMessage } from '../mail/dkim.ts'
import { MailInputError } from '../mail/mail-input-error.ts'
import { asciiAddress } from '../mail/mailbox.ts'
import type { SmtpEnvelope } from '../mail/smtp-envelope.ts'
import type { Claimed } from './claim.sql.ts'
import { messageHeaders } from './message-headers.ts'
import { recipientOf } from './message-recipient.ts'
import type { Delivery } from './open-delivery.ts'
import { trackingMode } from './tracking-mode.ts'

/** A message in its final bytes, ready to be handed over. */
export interface Prepared {
  claimed: Claimed
  mode: 'off' | 'aggregate' | 'individual'
  envelope: SmtpEnvelope
  raw: Buffer
}

/** A contact for whom the campaign cannot be written: a reason code. One of them does not stop the others. */
export interface Unwritable {
  claimed: Claimed
  unwritable: string
}

/** It could not be rendered in time, on a machine that may be busy with others: to be tried again later. */
export interface Late {
  claimed: Claimed
  isLate: true
}

/** Renders, composes and signs. Throws what is wrong with the campaign as a whole, such as a key that cannot sign. */
export async function prepareMessage(
  context: Context,
  delivery: Delivery,
  claimed: Claimed,
): Promise<Prepared | Unwritable | Late> {
  const { snapshot, campaignId, dkim } = delivery
  const { sender, purpose } = snapshot
  const mode = trackingMode(snapshot.tracking, claimed)
  try {
    const { unsubscribeUrl, ...recipient } = recipientOf(context, delivery, claimed, mode)
    const { subject, html, text } = await delivery.render(recipient)
    const domain = sender.email.slice(sender.email.lastIndexOf('@') + 1)
    const composed = composeMessage({
      from: { email: sender.email, name: sender.name },
      ...(sender.replyTo === null ? {} : { replyTo: { email: sender.replyTo } }),
      to: { email: claimed.email },
      subject,
      text,
      html: html ?? undefined,
      messageId: `${claimed.id}@${domain}`,
      date: context.clock.now(),
      headers: messageHeaders({
        accountId: context.accountId,
        campaignId,
        purpose,
        domain,
        unsubscribeUrl: purpose.isRefusable ? unsubscribeUrl : null,
      }),
    })
    const signed = dkim === null ? composed : await signMessage(composed, dkim)
    return {
      claimed,
      mode,
      envelope: {
        from: asciiAddress('from.email', sender.email),
        to: asciiAddress('to.email', claimed.email),
      },
      raw: serializeMessage(signed),
    }
  } catch (error) {
    if (error instanceof RenderTimeoutError) return { claimed, isLate: true }
    if (error instanceof ContentError) return { claimed, unwritable: 'content_error' }
    if (error instanceof MailInputError && isAboutContact(error)) return { claimed, unwritable: error.code }
    throw error
  }
}

/** What a contact's data can spoil; the rest is the sender's, the same for all messages. */
function isAboutContact({ field }: MailInputError): boolean {
  return field.startsWith('to') || field.startsWith('envelope.to') || field === 'subject'
}
