import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { PurposeKey } from './purposes.ts'
import { Channel, Closed, Id, Nullable, OneOf, Page, pageQuery, Timestamp } from './schemas.ts'

const Value = Type.String({
  minLength: 3,
  maxLength: 320,
  description: 'The email address, or the phone number in E.164.',
  examples: ['ada@example.com'],
})

const Reason = OneOf(['unsubscribe', 'complaint', 'hard_bounce', 'manual'], {
  description:
    '`unsubscribe` and `complaint` stop marketing; `hard_bounce` and `manual` stop everything. With a purpose, each stops that purpose.',
})

export const Suppression = Type.Object(
  {
    id: Id,
    channel: Channel,
    value: Nullable(Value),
    reason: Reason,
    purpose: Nullable(PurposeKey),
    createdAt: Timestamp,
  },
  {
    $id: 'Suppression',
    description:
      'An address that must not be contacted, for one purpose or (null) for all. `value` is masked without `contacts:reveal`, and null once the contact is erased: a keyed fingerprint goes on recognising the address. When a contact is erased, an objection to marketing leaves an `unsubscribe` for all purposes, and a consent refused or withdrawn one for its purpose, which ends with a consent collected later.',
  },
)

const params = Type.Object({ suppressionId: Id })

export const suppressions = resource(
  'suppressions',
  {
    title: 'Suppressions',
    description: 'Addresses that must not be contacted, whether or not there is a contact.',
  },
  {
    list: operation({
      method: 'GET',
      path: '/v1/suppressions',
      cost: { expensiveWith: ['channel', 'reason', 'purpose'] },
      summary: 'List suppressions',
      description: 'Newest first. By `value`, addresses that are no longer held are found as well.',
      access: 'consents:read',
      query: Type.Object({
        ...pageQuery,
        channel: Type.Optional(OneOf(['email', 'sms'], { description: 'By which medium.' })),
        value: Type.Optional(Value),
        reason: Type.Optional(Reason),
        purpose: Type.Optional(PurposeKey),
      }),
      responses: { 200: Page(Suppression) },
      errors: ['invalid_cursor', 'invalid'],
    }),
    create: operation({
      method: 'POST',
      path: '/v1/suppressions',
      summary: 'Suppress an address',
      description: 'It counts at once, for messages on their way as well.',
      access: 'consents:write',
      trialLimit: 2_000,
      whileClosing: true,
      body: Closed({ channel: Channel, value: Value, reason: Reason, purpose: Type.Optional(PurposeKey) }),
      responses: { 201: Suppression },
      errors: ['conflict', 'invalid'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/suppressions/{suppressionId}',
      summary: 'Read a suppression',
      description: 'Which address, and why.',
      access: 'consents:read',
      params,
      responses: { 200: Suppression },
      errors: ['not_found'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/suppressions/{suppressionId}',
      summary: 'Lift a suppression',
      description:
        'An unsubscription or a complaint is lifted only when the person has agreed since: record that consent first.',
      access: 'consents:write',
      params,
      responses: { 204: null },
      errors: ['not_found', 'instruction_may_infringe'],
    }),
  },
)
