import { Type } from '@sinclair/typebox'
import { Contact } from './contacts.ts'
import { operation, resource } from './operation.ts'
import { Closed, Id, Line, Page, pageQuery, Timestamp } from './schemas.ts'
import { SegmentRule } from './segment-rule.ts'

const Name = Line({ minLength: 1, maxLength: 200, examples: ['Fidèles en France'] })

export const Segment = Type.Object(
  { id: Id, name: Name, rule: SegmentRule, createdAt: Timestamp, updatedAt: Timestamp },
  { $id: 'Segment' },
)

const count = Type.Integer({ minimum: 0, description: 'Contacts that match now.', examples: [4711] })
const params = Type.Object({ segmentId: Id })

export const segments = resource(
  'segments',
  {
    title: 'Segments',
    description: 'Contacts by a rule: whoever matches at the moment of asking is in the segment.',
  },
  {
    create: operation({
      method: 'POST',
      path: '/v1/segments',
      summary: 'Create a segment',
      description:
        'The rule is checked against the declared fields, purposes, lists, campaigns and segments it names; each error points at its place in the tree. Conditions on what comes masked without `contacts:reveal` need that permission (but for `exists`), those on consents need `consents:read`; values of the former come masked as well.',
      access: 'contacts:write',
      trialLimit: 200,
      body: Closed({ name: Name, rule: SegmentRule }),
      responses: { 201: Segment },
      errors: ['invalid', 'conflict'],
    }),
    list: operation({
      method: 'GET',
      path: '/v1/segments',
      summary: 'List segments',
      description: 'Newest first.',
      access: 'contacts:read',
      query: Type.Object(pageQuery),
      responses: { 200: Page(Segment) },
      errors: ['invalid_cursor'],
    }),
    preview: operation({
      method: 'POST',
      path: '/v1/segments/preview',
      cost: 'expensive',
      summary: 'Try a rule',
      description:
        'How many contacts match a rule, and some of them, without saving it. It needs the permissions that `create` needs for the rule.',
      access: 'contacts:read',
      safe: true,
      body: Closed({ rule: SegmentRule }),
      responses: {
        200: Type.Object({
          count,
          sample: Type.Array(Contact, { description: 'Up to ten of them, the newest.' }),
        }),
      },
      errors: ['invalid'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/segments/{segmentId}',
      summary: 'Read a segment',
      description: 'With its rule.',
      access: 'contacts:read',
      params,
      responses: { 200: Segment },
      errors: ['not_found'],
    }),
    update: operation({
      method: 'PATCH',
      path: '/v1/segments/{segmentId}',
      summary: 'Change a segment',
      description:
        'A JSON merge patch (RFC 7396), except that `rule` is replaced as a whole. Campaigns that have started keep the audience they had.',
      access: 'contacts:write',
      params,
      body: Closed({ name: Type.Optional(Name), rule: Type.Optional(SegmentRule) }),
      responses: { 200: Segment },
      errors: ['not_found', 'invalid', 'conflict', 'precondition_failed'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/segments/{segmentId}',
      summary: 'Delete a segment',
      description: 'Refused while a campaign or another segment refers to it. Its contacts stay.',
      access: 'contacts:write',
      params,
      responses: { 204: null },
      errors: ['not_found', 'in_use'],
    }),
    count: operation({
      method: 'GET',
      path: '/v1/segments/{segmentId}/count',
      cost: 'expensive',
      summary: 'Count the contacts of a segment',
      description: 'As of now.',
      access: 'contacts:read',
      params,
      responses: { 200: Type.Object({ count }) },
      errors: ['not_found', 'invalid'],
    }),
    contacts: operation({
      method: 'GET',
      path: '/v1/segments/{segmentId}/contacts',
      cost: 'expensive',
      summary: 'List the contacts of a segment',
      description: 'As of now, newest first.',
      access: 'contacts:read',
      params,
      query: Type.Object(pageQuery),
      responses: { 200: Page(Contact) },
      errors: ['not_found', 'invalid', 'invalid_cursor'],
    }),
  },
)
