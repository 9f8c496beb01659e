import type { Context } from '../context.ts'
import { composeMessage, serializeMessage } from '../mail/compose-message.ts'
import { signMessage } from '../mail/dkim.ts'
import { asciiAddress } from '../mail/mailbox.ts'
import type { SmtpEnvelope } from '../mail/smtp-envelope.ts'
import type { ChosenSender } from './choose-sender.ts'
import { renderSystemMail } from './render-system-mail.ts'
import type { SystemMail } from './system-mail.ts'

/**
 * The bytes of a mail. `Auto-Submitted` (RFC 3834) keeps holiday notices and other robots from answering. There is nothing to
 * unsubscribe from: who does not confirm gets nothing more.
 */
export async function composeSystemMail(
  context: Context,
  id: string,
  sender: ChosenSender,
  { to, leaves }: { to: string; leaves: SystemMail },
): Promise<{ envelope: SmtpEnvelope; raw: Buffer }> {
  const { email, name, replyTo, dkim } = sender
  const composed = composeMessage({
    from: { email, name },
    ...(replyTo === null ? {} : { replyTo: { email: replyTo } }),
    to: { email: to },
    ...renderSystemMail(leaves),
    messageId: `${id}@${email.slice(email.lastIndexOf('@') + 1)}`,
    date: context.clock.now(),
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  const envelope = { from: asciiAddress('from.email', email), to: asciiAddress('to.email', to) }
  return { envelope, raw: serializeMessage(dkim === null ? composed : await signMessage(composed, dkim)) }
}
