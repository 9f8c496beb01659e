import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Closed, Id, Line, OneOf, Timestamp } from './schemas.ts'

const Reason = OneOf(['accuracy_contested', 'unlawful_processing', 'legal_claims', 'objection_pending'], {
  description: 'GDPR art. 18(1)(a) to (d).',
})
const Source = Line({
  minLength: 1,
  maxLength: 200,
  description: 'How the request came.',
  examples: ['letter of 12 November 2026'],
})

export const Restriction = Type.Object(
  { since: Timestamp, reason: Reason, source: Source, receivedAt: Timestamp },
  {
    $id: 'Restriction',
    description: 'The contact is kept, and nothing else is done with it: no message of any kind leaves.',
  },
)

const params = Type.Object({ contactId: Id })
const path = '/v1/contacts/{contactId}/restriction'

export const restriction = resource(
  'restriction',
  {
    title: 'Restriction',
    description: 'Restriction of processing (GDPR art. 18), recorded in the consent ledger.',
  },
  {
    get: operation({
      method: 'GET',
      path,
      summary: 'Read the restriction of a contact',
      description: '404 when there is none.',
      access: 'consents:read',
      params,
      responses: { 200: Restriction },
      errors: ['not_found'],
    }),
    create: operation({
      method: 'POST',
      path,
      trialLimit: 5_000,
      summary: 'Restrict the processing of a contact',
      description: 'It takes effect at once, for messages on their way as well. One in force stays as it is.',
      access: 'consents:write',
      whileClosing: true,
      params,
      body: Closed({ reason: Reason, source: Source, receivedAt: Timestamp }),
      responses: { 201: Restriction },
      errors: ['not_found', 'invalid'],
    }),
    delete: operation({
      method: 'DELETE',
      path,
      summary: 'Lift the restriction of a contact',
      description: 'The person must be informed before (GDPR art. 18(3)): `informedAt` says when they were.',
      access: 'consents:write',
      params,
      query: Type.Object({ informedAt: Type.Optional(Timestamp) }),
      responses: { 204: null },
      errors: ['not_found', 'invalid', 'instruction_may_infringe'],
    }),
  },
)
