import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Channel, Closed, Line, Nullable, OneOf, Page, PlainName, pageQuery, Timestamp } from './schemas.ts'

export const PurposeKey = Type.String({
  pattern: '^[a-z][a-z0-9_-]*$',
  maxLength: 64,
  description: 'Names the purpose everywhere, for ever. `tracking` and `restriction` are taken.',
  examples: ['newsletter'],
})

export const Duration = Type.String({
  pattern: '^P(?=\\d)(\\d{1,4}Y)?(\\d{1,4}M)?(\\d{1,4}W)?(\\d{1,5}D)?$',
  description: 'ISO 8601 duration.',
  examples: ['P3Y'],
})

const properties = {
  name: PlainName({
    minLength: 1,
    maxLength: 200,
    description: 'As the contact reads it in the preference centre.',
    examples: ['Newsletter'],
  }),
  description: Type.String({
    maxLength: 2000,
    description: 'What is sent and how often, for the contact to read.',
    examples: ['News of the workshop, about once a month.'],
  }),
  legalBasis: OneOf(
    ['consent', 'contract', 'legal_obligation', 'vital_interests', 'public_task', 'legitimate_interests'],
    { description: 'GDPR art. 6(1). `legitimate_interests` asks for an `assessment`.' },
  ),
  assessment: Nullable(
    Type.String({
      maxLength: 500,
      description: 'Reference of the balancing test, when the basis is legitimate interests.',
      examples: ['LIA-2026-04'],
    }),
  ),
  eprivacyGround: OneOf(['opt_in', 'soft_opt_in', 'b2b_professional', 'non_marketing'], {
    description:
      'Directive 2002/58/EC art. 13, in France CPCE art. L. 34-5: prior consent; customers informed at the sale, for similar products; professionals in their function; or not marketing at all.',
  }),
  channels: Type.Array(Channel, {
    minItems: 1,
    uniqueItems: true,
    description: 'By which media the purpose is pursued.',
    examples: [['email']],
  }),
  retention: Duration,
  doubleOptIn: Type.Boolean({
    description:
      'A consent by email stays `pending` until the person confirms it from their mailbox; false unless said.',
    examples: [true],
  }),
  policyText: Type.String({
    minLength: 1,
    maxLength: 10_000,
    description: 'What the person agrees to, in the words shown to them.',
    examples: ['I agree to receive the newsletter of Atelier Ada by email, about once a month.'],
  }),
  policyVersion: Line({
    minLength: 1,
    maxLength: 50,
    description: 'Version of `policyText`: another text needs another version.',
    examples: ['2026-11'],
  }),
}

export const Purpose = Type.Object(
  { key: PurposeKey, ...properties, createdAt: Timestamp, updatedAt: Timestamp },
  { $id: 'Purpose', description: 'Why data is processed, on what grounds, and for how long.' },
)

const params = Type.Object({ purposeKey: PurposeKey })
const { doubleOptIn, assessment, ...required } = properties
const optional = { doubleOptIn: Type.Optional(doubleOptIn), assessment: Type.Optional(assessment) }

export const purposes = resource(
  'purposes',
  {
    title: 'Purposes',
    description:
      'Why data is processed (*finalités*). Consents, campaigns and sensitive fields refer to one by its key.',
  },
  {
    list: operation({
      method: 'GET',
      path: '/v1/purposes',
      summary: 'List purposes',
      description: 'Newest first.',
      access: 'consents:read',
      query: Type.Object(pageQuery),
      responses: { 200: Page(Purpose) },
      errors: ['invalid_cursor'],
    }),
    create: operation({
      method: 'POST',
      path: '/v1/purposes',
      summary: 'Declare a purpose',
      description:
        'Grounds that cannot carry what they are declared for are refused with `instruction_may_infringe` and the article.',
      access: 'purposes:write',
      trialLimit: 100,
      body: Closed({ key: PurposeKey, ...required, ...optional }),
      responses: { 201: Purpose },
      errors: ['conflict', 'invalid', 'instruction_may_infringe'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/purposes/{purposeKey}',
      summary: 'Read a purpose',
      description: 'Its grounds, its channels and the wording in force.',
      access: 'consents:read',
      params,
      responses: { 200: Purpose },
      errors: ['not_found'],
    }),
    update: operation({
      method: 'PATCH',
      path: '/v1/purposes/{purposeKey}',
      summary: 'Change a purpose',
      description:
        'A JSON merge patch (RFC 7396). The key stays. People who agreed on one ground are not moved to a weaker one: once there are consents, `legalBasis` and `eprivacyGround` can only be tightened.',
      access: 'purposes:write',
      params,
      body: Type.Partial(Closed({ ...required, doubleOptIn: properties.doubleOptIn, assessment }), {
        additionalProperties: false,
      }),
      responses: { 200: Purpose },
      errors: ['not_found', 'invalid', 'instruction_may_infringe', 'precondition_failed'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/purposes/{purposeKey}',
      summary: 'Delete a purpose',
      description: 'Only while nothing refers to it: consents are proof, and stay.',
      access: 'purposes:write',
      params,
      responses: { 204: null },
      errors: ['not_found', 'in_use'],
    }),
  },
)
