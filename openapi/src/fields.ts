import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Closed, Id, Nullable, OneOf, Page, pageQuery, Timestamp } from './schemas.ts'

export const fieldTypes = [
  'text',
  'number',
  'boolean',
  'date',
  'datetime',
  'choice',
  'choices',
  'url',
] as const

const Key = Type.String({
  pattern: '^[a-zA-Z][a-zA-Z0-9_]{0,63}$',
  description: 'Name of the field among the `attributes` of contacts. It never changes.',
  examples: ['country'],
})
const Label = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'What people read, in exports for instance.',
  examples: ['Country'],
})
const Choices = Type.Array(Type.String({ minLength: 1, maxLength: 200, examples: ['FR'] }), {
  maxItems: 1000,
  uniqueItems: true,
  description: 'The values allowed, for `choice` and `choices`.',
  examples: [['FR', 'BE', 'CH']],
})
const SpecialCategory = Type.Boolean({
  description:
    'The values reveal health, beliefs, origin, sexual life and the like (GDPR art. 9). Refused unless `purpose` is one whose legal basis is consent.',
  examples: [false],
})
const PurposeKey = Nullable(
  Type.String({
    maxLength: 64,
    description: 'Key of the purpose that the field is held for.',
    examples: ['newsletter'],
  }),
)

export const Field = Type.Object(
  {
    id: Id,
    key: Key,
    label: Label,
    type: OneOf(fieldTypes),
    choices: Choices,
    specialCategory: SpecialCategory,
    purpose: PurposeKey,
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { $id: 'Field' },
)

const params = Type.Object({ fieldId: Id })

export const fields = resource(
  'fields',
  { title: 'Fields', description: 'Declared attributes of contacts, with the type of their values.' },
  {
    create: operation({
      method: 'POST',
      path: '/v1/fields',
      summary: 'Declare a field',
      description: 'From then on contacts may hold a value of it among their `attributes`.',
      access: 'contacts:write',
      trialLimit: 200,
      body: Closed({
        key: Key,
        label: Label,
        type: OneOf(fieldTypes, { description: 'It never changes.' }),
        choices: Type.Optional(Choices),
        specialCategory: Type.Optional(SpecialCategory),
        purpose: Type.Optional(PurposeKey),
      }),
      responses: { 201: Field },
      errors: ['invalid', 'conflict', 'instruction_may_infringe'],
    }),
    list: operation({
      method: 'GET',
      path: '/v1/fields',
      summary: 'List fields',
      description: 'Newest first.',
      access: 'contacts:read',
      query: Type.Object(pageQuery),
      responses: { 200: Page(Field) },
      errors: ['invalid_cursor'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/fields/{fieldId}',
      summary: 'Read a field',
      description: 'Its type, label and choices.',
      access: 'contacts:read',
      params,
      responses: { 200: Field },
      errors: ['not_found'],
    }),
    update: operation({
      method: 'PATCH',
      path: '/v1/fields/{fieldId}',
      summary: 'Change a field',
      description:
        'A JSON merge patch (RFC 7396). A choice taken away stays where contacts already hold it; it can no longer be written.',
      access: 'contacts:write',
      params,
      body: Closed({
        label: Type.Optional(Label),
        choices: Type.Optional(Choices),
        specialCategory: Type.Optional(SpecialCategory),
        purpose: Type.Optional(PurposeKey),
      }),
      responses: { 200: Field },
      errors: ['not_found', 'invalid', 'instruction_may_infringe', 'precondition_failed'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/fields/{fieldId}',
      summary: 'Delete a field',
      description: 'Refused with `in_use` while a contact holds a value of it or a segment asks for it.',
      access: 'contacts:write',
      params,
      responses: { 204: null },
      errors: ['not_found', 'in_use'],
    }),
  },
)
