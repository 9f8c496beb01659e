import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Closed, Id, Page, pageQuery, Timestamp } from './schemas.ts'

const Name = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'Unique within the account.',
  examples: ['Spring fair'],
})

export const List = Type.Object(
  { id: Id, name: Name, createdAt: Timestamp, updatedAt: Timestamp },
  { $id: 'List' },
)

/** Members by id or by address, one of the two. */
const Members = Closed(
  {
    contactIds: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 5000 })),
    emails: Type.Optional(
      Type.Array(Type.String({ maxLength: 320, examples: ['ada@example.com'] }), {
        minItems: 1,
        maxItems: 5000,
      }),
    ),
  },
  {
    $id: 'ListMembers',
    description: 'Either `contactIds` or `emails`.',
    examples: [{ contactIds: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'] }],
  },
)

const params = Type.Object({ listId: Id })

const unknown = Type.Array(Type.String({ examples: ['nobody@example.com'] }), {
  description: 'Those that are no contact, as they were given.',
  examples: [[]],
})

export const lists = resource(
  'lists',
  { title: 'Lists', description: 'Static groups of contacts. Those which follow a rule are segments.' },
  {
    create: operation({
      method: 'POST',
      path: '/v1/lists',
      summary: 'Create a list',
      description: 'It starts empty.',
      access: 'contacts:write',
      trialLimit: 200,
      body: Closed({ name: Name }),
      responses: { 201: List },
      errors: ['invalid', 'conflict'],
    }),
    list: operation({
      method: 'GET',
      path: '/v1/lists',
      summary: 'List lists',
      description: 'Newest first.',
      access: 'contacts:read',
      query: Type.Object(pageQuery),
      responses: { 200: Page(List) },
      errors: ['invalid_cursor'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/lists/{listId}',
      summary: 'Read a list',
      description: 'Its members are read with `GET /v1/contacts?list=`.',
      access: 'contacts:read',
      params,
      responses: { 200: List },
      errors: ['not_found'],
    }),
    update: operation({
      method: 'PATCH',
      path: '/v1/lists/{listId}',
      summary: 'Change a list',
      description: 'A JSON merge patch (RFC 7396).',
      access: 'contacts:write',
      params,
      body: Closed({ name: Type.Optional(Name) }),
      responses: { 200: List },
      errors: ['not_found', 'invalid', 'conflict', 'precondition_failed'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/lists/{listId}',
      summary: 'Delete a list',
      description:
        'Its members stay contacts. Refused with `in_use` while a campaign or a segment refers to it.',
      access: 'contacts:write',
      params,
      responses: { 204: null },
      errors: ['not_found', 'in_use'],
    }),
    addMembers: operation({
      method: 'POST',
      path: '/v1/lists/{listId}/members',
      summary: 'Add up to 5,000 contacts to a list',
      description: 'Adding one that is a member already changes nothing.',
      access: 'contacts:write',
      trialLimit: 2_000,
      params,
      body: Members,
      responses: {
        200: Type.Object({
          added: Type.Integer({ minimum: 0, examples: [1] }),
          unknown,
        }),
      },
      errors: ['not_found', 'invalid'],
    }),
    removeMembers: operation({
      method: 'DELETE',
      path: '/v1/lists/{listId}/members',
      summary: 'Remove up to 5,000 contacts from a list',
      description: 'They stay contacts. Removing one that is no member changes nothing.',
      access: 'contacts:write',
      params,
      body: Members,
      responses: {
        200: Type.Object({
          removed: Type.Integer({ minimum: 0, examples: [1] }),
          unknown,
        }),
      },
      errors: ['not_found', 'invalid'],
    }),
  },
)
