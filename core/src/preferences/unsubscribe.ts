import type { Channel } from '@envoi/prisma'
import type { Evidence } from '../consents/evidence.ts'
import { lockContact } from '../consents/lock-contact.ts'
import { recordConsent } from '../consents/record-consent.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { recordObjection } from '../objections/record-objection.ts'
import type { UnsubscribeToken } from '../tracking/token.ts'
import { transaction } from '../transaction.ts'
import { recordUnsubscribed } from './record-unsubscribed.ts'

/** What an unsubscribe link is about. */
export interface Unsubscription {
  account: { name: string; locale: string; legal: unknown }
  contact: { email: string | null; phone: string | null; locale: string | null }
  channel: Channel
  /** null: all marketing. */
  purpose: { key: string; name: string } | null
  isDone: boolean
}

/** Reads what a link is about; changes nothing. 404 when the contact is gone. */
export async function readUnsubscription(context: Context, token: UnsubscribeToken): Promise<Unsubscription> {
  const { contactId, purposeId } = token
  const account = await context.db.account.findUnique({ where: { id: context.accountId } })
  const contact = await context.db.contact.findUnique({
    where: { accountId_id: { ...context.scope, id: contactId } },
  })
  if (account === null || contact === null) throw new DomainError('not_found')
  const channel = await channelOf(context, token)
  // a purpose that was deleted since: the person's no must not fall into the void
  const purpose =
    purposeId === null
      ? null
      : await context.db.purpose.findUnique({ where: { accountId_id: { ...context.scope, id: purposeId } } })
  const consent =
    purpose === null
      ? null
      : await context.db.consent.findUnique({
          where: {
            accountId_contactId_purposeId_channel: {
              ...context.scope,
              contactId,
              purposeId: purpose.id,
              channel,
            },
          },
        })
  const isDone =
    purpose === null
      ? contact.objections.includes('marketing')
      : consent?.state === 'withdrawn' || consent?.state === 'refused'
  return { account, contact, channel, purpose, isDone }
}

/**
 * Unsubscribes: from the purpose by the channel of the message, or, when the link names no purpose, from all marketing (an
 * objection, GDPR art. 21(2)). In force with this transaction; a second time changes nothing.
 */
export async function unsubscribe(
  context: Context,
  token: UnsubscribeToken,
  said: { source: string; text: string },
): Promise<Unsubscription> {
  return transaction(context, async (tx) => {
    // providers repeat a POST before the first is answered: the second finds what the first has done
    await lockContact(tx, token.contactId)
    const before = await readUnsubscription(tx, token)
    if (before.isDone) return before
    const evidence: Evidence = {
      ...said,
      collectedAt: tx.clock.now().toISOString(),
      ip: tx.address ?? undefined,
    }
    const { channel, purpose } = before
    if (purpose === null) await recordObjection(tx, token.contactId, { kind: 'marketing', evidence })
    else
      await recordConsent(tx, token.contactId, {
        purpose: purpose.key,
        channel,
        state: 'withdrawn',
        evidence,
      })
    await recordUnsubscribed(tx, token)
    return { ...before, isDone: true }
  })
}

async function channelOf(context: Context, { messageId }: UnsubscribeToken): Promise<Channel> {
  if (messageId === null) return 'email'
  const message = await context.db.message.findUnique({
    where: { accountId_id: { ...context.scope, id: messageId } },
    select: { channel: true },
  })
  return message?.channel ?? 'email'
}
