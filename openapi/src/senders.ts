import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Closed, Email, Id, Nullable, Page, PlainName, pageQuery, Timestamp } from './schemas.ts'

const Name = PlainName({
  minLength: 1,
  maxLength: 100,
  description: 'What people see in front of the address.',
  examples: ['Atelier Ada'],
})

export const Sender = Type.Object(
  {
    id: Id,
    email: Email,
    name: Name,
    replyTo: Nullable(Email),
    senderDomain: Nullable(Id),
    createdAt: Timestamp,
    updatedAt: Timestamp,
  },
  { $id: 'Sender' },
)

const params = Type.Object({ senderId: Id })

export const senders = resource(
  'senders',
  { title: 'Senders', description: 'Who messages come from.' },
  {
    create: operation({
      method: 'POST',
      path: '/v1/senders',
      summary: 'Create a sender',
      description: 'Attached to the sender domain of its address, when there is one.',
      access: 'templates:write',
      trialLimit: 50,
      body: Closed({ email: Email, name: Name, replyTo: Type.Optional(Nullable(Email)) }),
      responses: { 201: Sender },
      errors: ['invalid', 'conflict'],
    }),
    list: operation({
      method: 'GET',
      path: '/v1/senders',
      summary: 'List senders',
      description: 'Newest first.',
      access: 'templates:read',
      query: Type.Object(pageQuery),
      responses: { 200: Page(Sender) },
      errors: ['invalid_cursor'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/senders/{senderId}',
      summary: 'Read a sender',
      description: 'One address messages come from.',
      access: 'templates:read',
      params,
      responses: { 200: Sender },
      errors: ['not_found'],
    }),
    update: operation({
      method: 'PATCH',
      path: '/v1/senders/{senderId}',
      summary: 'Change a sender',
      description:
        'A JSON merge patch (RFC 7396). The address itself cannot change. Whom a message says it is from, and where answers go, is part of what is sent: it needs `campaigns:send` besides. A campaign that is scheduled or sent keeps the sender that was approved with it.',
      access: 'templates:write',
      besides: ['campaigns:send'],
      params,
      body: Closed({ name: Type.Optional(Name), replyTo: Type.Optional(Nullable(Email)) }),
      responses: { 200: Sender },
      errors: ['not_found', 'invalid', 'precondition_failed'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/senders/{senderId}',
      summary: 'Delete a sender',
      description: 'Refused while a campaign uses it.',
      access: 'templates:write',
      params,
      responses: { 204: null },
      errors: ['not_found', 'in_use'],
    }),
  },
)
