import type { Context } from '@envoi/core'
import { evidenceOfCall } from '@envoi/core/consents/evidence'
import { getTrackingConsent } from '@envoi/core/tracking/read-tracking-consent'
import { recordTrackingConsent } from '@envoi/core/tracking/record-tracking-consent'
import { contract } from '@envoi/openapi'
import { created, noContent, ok } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'
import { presentEvidence } from './consents.ts'

export const trackingHandlers = implement(contract.tracking, {
  get: async ({ params }, context) =>
    ok(presentTracking(context, await getTrackingConsent(context, params.contactId))),
  record: async ({ params, body }, context) => {
    const consent = await recordTrackingConsent(context, params.contactId, body)
    return created(`/v1/contacts/${params.contactId}/tracking`, presentTracking(context, consent))
  },
  delete: async ({ params }, context) => {
    const evidence = evidenceOfCall(context.clock)
    await recordTrackingConsent(context, params.contactId, { state: 'withdrawn', evidence })
    return noContent()
  },
})

function presentTracking(
  context: Context,
  { state, changedAt, proof }: Awaited<ReturnType<typeof getTrackingConsent>>,
) {
  return {
    state,
    changedAt: changedAt?.toISOString() ?? null,
    evidence: proof === null ? null : presentEvidence(context, proof),
  }
}
