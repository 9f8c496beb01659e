/**
 * Headers that make bulk mail what mailbox providers ask it to be: who it belongs to, and how to leave by one click.
 *
 * - `List-Unsubscribe` and `List-Unsubscribe-Post` (RFC 2369, RFC 8058): a POST to that URL unsubscribes, with no page in
 *   between. The DKIM signature covers both.
 * - `List-Id` (RFC 2919): the purpose at the sender's domain, so that filters of readers keep working over campaigns.
 * - `Feedback-ID` (Gmail's feedback loop): campaign, purpose, account, and `envoi` as the sender that all share. Ids, nobody's data.
 */
import { formatPhrase } from '../mail/mailbox.ts'

export function messageHeaders(of: {
  accountId: string
  campaignId: string
  purpose: { key: string; name: string }
  domain: string
  /** null: a message that cannot be refused, such as one that the law commands. */
  unsubscribeUrl: string | null
}): Record<string, string> {
  const { accountId, campaignId, purpose, domain, unsubscribeUrl } = of
  return {
    ...(unsubscribeUrl === null
      ? {}
      : {
          'List-Unsubscribe': `<${unsubscribeUrl}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        }),
    'List-Id': `${formatPhrase(purpose.name)} <${purpose.key}.${domain}>`,
    'Feedback-ID': `${campaignId}:${purpose.key}:${accountId}:envoi`,
  }
}
