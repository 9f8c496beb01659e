import { recordAudit } from '../audit/record-audit.ts'
import { checkEvidence, type Evidence } from '../consents/evidence.ts'
import { lockContact } from '../consents/lock-contact.ts'
import { outdatedDetail } from '../consents/record-consents.ts'
import { recordRight } from '../consents/record-right.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { getTrackingConsent } from './read-tracking-consent.ts'

export type TrackingAnswer = 'granted' | 'refused' | 'withdrawn'

/**
 * Records what the contact says to individual tracking of opens and clicks: a consent of its own, apart from that to mailings
 * (CNIL, délibération 2026-042). A no counts at once, for messages already sent as well; an older yes does not undo it.
 */
export async function recordTrackingConsent(
  context: Context,
  contactId: string,
  input: { state: TrackingAnswer; evidence: Evidence },
) {
  const { state } = input
  const proof = checkEvidence(context.clock, input.evidence, state)
  return transaction(context, async (tx) => {
    await lockContact(tx, contactId)
    const { state: held, proof: last } = await getTrackingConsent(tx, contactId)
    const older = last !== null && proof.collectedAt < last.collectedAt
    const stands = held === 'refused' || held === 'withdrawn' || last?.state === 'lapsed'
    if (state === 'granted' && stands && older) throw invalid('/evidence/collectedAt', outdatedDetail)
    // saying no again, or showing the same proof again, adds nothing
    const isNew =
      state !== held || (state === 'granted' && last !== null && proof.collectedAt > last.collectedAt)
    if (isNew)
      await recordRight(
        tx,
        contactId,
        { key: 'tracking', state, proof },
        { tracking: state, trackingChangedAt: tx.clock.now() },
      )
    await recordAudit(tx, {
      target: { type: 'contact', id: contactId },
      changed: isNew ? ['tracking'] : [],
    })
    return getTrackingConsent(tx, contactId)
  })
}
