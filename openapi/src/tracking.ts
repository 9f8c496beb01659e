import { Type } from '@sinclair/typebox'
import { Evidence, StoredEvidence } from './consents.ts'
import { operation, resource } from './operation.ts'
import { Closed, Id, Nullable, OneOf, Timestamp } from './schemas.ts'

export const TrackingConsent = Type.Object(
  {
    state: OneOf(['unknown', 'granted', 'refused', 'withdrawn'], {
      description: 'Unless it is `granted`, no message holds a pixel or a link that tells who opens it.',
    }),
    changedAt: Nullable(Timestamp),
    evidence: Nullable(StoredEvidence),
  },
  { $id: 'TrackingConsent' },
)

const params = Type.Object({ contactId: Id })
const path = '/v1/contacts/{contactId}/tracking'

export const tracking = resource(
  'tracking',
  {
    title: 'Tracking consent',
    description:
      'Whether opens and clicks of a contact may be recorded: a consent of its own, apart from that to mailings (CNIL, délibération 2026-042).',
  },
  {
    get: operation({
      method: 'GET',
      path,
      summary: 'Read the tracking consent of a contact',
      description:
        '`unknown` while nobody has asked, and again when the contact has got another email: what was agreed to for one mailbox holds for no other.',
      access: 'consents:read',
      params,
      responses: { 200: TrackingConsent },
      errors: ['not_found'],
    }),
    record: operation({
      method: 'POST',
      path,
      trialLimit: 5_000,
      summary: 'Record what a contact says to tracking',
      description: 'A line of the ledger, with its proof. Saying no is always accepted.',
      access: 'consents:write',
      params,
      body: Closed({ state: OneOf(['granted', 'refused', 'withdrawn']), evidence: Evidence }),
      responses: { 201: TrackingConsent },
      errors: ['not_found', 'invalid'],
    }),
    delete: operation({
      method: 'DELETE',
      path,
      summary: 'Withdraw the tracking consent of a contact',
      description: 'It holds for messages already sent: their pixels and links record nothing any more.',
      access: 'consents:write',
      params,
      responses: { 204: null },
      errors: ['not_found'],
    }),
  },
)
