import type { Context } from '../context.ts'

/**
 * That a person has stopped something by themselves, on a page that a message led to. `messageId`: the message counts as the
 * reason, and its campaign shows it in its figures. What the account records in their name is no such event.
 */
export async function recordUnsubscribed(
  tx: Context,
  { contactId, messageId }: { contactId: string; messageId: string | null },
): Promise<void> {
  const message =
    messageId === null
      ? null
      : await tx.db.message.findUnique({
          where: { accountId_id: { ...tx.scope, id: messageId }, contactId },
          select: { campaignId: true },
        })
  await tx.db.event.create({
    data: {
      ...tx.scope,
      id: tx.newId(),
      type: 'contact.unsubscribed',
      contactId,
      messageId,
      campaignId: message?.campaignId ?? null,
      source: 'human',
      occurredAt: tx.clock.now(),
    },
  })
}
