import { Type } from '@sinclair/typebox'
import { Evidence, StoredEvidence } from './consents.ts'
import { operation, resource } from './operation.ts'
import { Closed, Id, Nullable, OneOf, Timestamp } from './schemas.ts'

const Kind = OneOf(['marketing', 'profiling'], {
  description: 'To direct marketing (GDPR art. 21(2)), which stops all of it; or to profiling.',
})

export const Objection = Type.Object(
  { kind: Kind, since: Timestamp, evidence: StoredEvidence },
  { $id: 'Objection', description: 'An objection in force (GDPR art. 21).' },
)

const params = Type.Object({ contactId: Id })

export const objections = resource(
  'objections',
  {
    title: 'Objections',
    description: 'What contacts object to (GDPR art. 21), recorded in the consent ledger.',
  },
  {
    list: operation({
      method: 'GET',
      path: '/v1/contacts/{contactId}/objections',
      summary: "List a contact's objections",
      description: 'Those in force; the ledger keeps those that were lifted.',
      access: 'consents:read',
      params,
      responses: {
        200: Type.Object({
          data: Type.Array(Objection),
          nextCursor: Nullable(Type.String({ examples: [null] })),
        }),
      },
      errors: ['not_found'],
    }),
    create: operation({
      method: 'POST',
      path: '/v1/contacts/{contactId}/objections',
      summary: 'Record an objection',
      description: 'It needs no reason and takes effect at once, for messages on their way as well.',
      access: 'consents:write',
      trialLimit: 5_000,
      whileClosing: true,
      params,
      body: Closed({ kind: Kind, evidence: Evidence }),
      responses: { 201: Objection },
      errors: ['not_found', 'invalid'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/contacts/{contactId}/objections',
      summary: 'Lift an objection',
      description: 'When the person asks for it. Consents that were withdrawn stay withdrawn.',
      access: 'consents:write',
      params,
      query: Type.Object({ kind: Kind }),
      responses: { 204: null },
      errors: ['not_found'],
    }),
  },
)
