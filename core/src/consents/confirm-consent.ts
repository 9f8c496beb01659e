import type { Context } from '../context.ts'
import type { ConfirmToken } from '../tracking/token.ts'
import { transaction } from '../transaction.ts'
import { lockContact } from './lock-contact.ts'
import { type Confirmation, doubleOptIn, readConfirmation } from './read-confirmation.ts'
import { recordConsent } from './record-consent.ts'

/**
 * The person confirms from their mailbox: the pending consent becomes `granted`, with a proof of its own. Only the link of the
 * line that waits does it; a second time, or too late, changes nothing and says so.
 */
export async function confirmConsent(context: Context, token: ConfirmToken): Promise<Confirmation> {
  return transaction(context, async (tx) => {
    await lockContact(tx, token.contactId)
    const confirmation = await readConfirmation(tx, token)
    if (confirmation.status !== 'waiting') return confirmation
    const { purpose, pending } = confirmation
    await recordConsent(tx, token.contactId, {
      purpose: purpose.key,
      channel: 'email',
      state: 'granted',
      evidence: {
        source: doubleOptIn,
        collectedAt: tx.clock.now().toISOString(),
        // what the page showed: the words the person had agreed to on the form
        text: pending.text ?? purpose.policyText,
        textVersion: pending.textVersion ?? purpose.policyVersion,
        ip: tx.address ?? undefined,
      },
    })
    return { ...confirmation, status: 'confirmed' }
  })
}
