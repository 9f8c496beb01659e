import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Closed, Id, Line, Nullable, OneOf, Page, pageQuery, Timestamp } from './schemas.ts'
import { PermissionName, RoleName } from './users.ts'

const Name = Line({ minLength: 1, maxLength: 100, examples: ['CRM synchronisation'] })

const moment = (description: string) =>
  Type.String({ format: 'date-time', description, examples: ['2026-11-23T09:30:00.000Z'] })

const Mode = OneOf(['live', 'test'], {
  description:
    'With a `test` key everything runs on the same account, but no mail leaves: it ends in the sink. Such a key begins with `envoi_test_`.',
})

export const ApiKey = Type.Object(
  {
    id: Id,
    name: Name,
    hint: Type.String({
      description: 'How the key begins, to recognise it by.',
      examples: ['envoi_live_7hQ2'],
    }),
    permissions: Type.Array(PermissionName),
    mode: Mode,
    allowedIps: Type.Array(Type.String({ examples: ['203.0.113.0/24'] })),
    expiresAt: Nullable(Timestamp),
    lastUsedAt: Nullable(
      moment(
        'When it was last used, itself or through an access token, also where it was refused for what it may not do or from where. Written after the answer, at most once a minute: a minute behind at most.',
      ),
    ),
    lastUsedAddress: Nullable(
      Type.String({
        description:
          'From where, as of `lastUsedAt`. Masked without `contacts:reveal`: it may be that of a person.',
        examples: ['203.0.113.7'],
      }),
    ),
    createdBy: Nullable({
      ...Id,
      description:
        'The user who made it, in person or with a key of theirs. It ends when they are deactivated or deleted, unless somebody else has rotated it. null of a key from before this was kept.',
    }),
    createdWith: Nullable({
      ...Id,
      description: 'The API key that it was made with; null when it was made in person.',
    }),
    rotatedBy: Nullable({ ...Id, description: 'The user who last gave it another value.' }),
    rotatedAt: Nullable(moment('When its value was last replaced.')),
    createdAt: Timestamp,
  },
  { $id: 'ApiKey' },
)

const CreatedApiKey = Type.Object(
  {
    ...ApiKey.properties,
    key: Type.String({ description: 'The key itself, shown once.', examples: ['envoi_live_7hQ2…'] }),
  },
  { $id: 'CreatedApiKey' },
)

const RotatedApiKey = Type.Object(
  {
    ...CreatedApiKey.properties,
    previousEndsAt: moment('Until when earlier values of the key work, at the latest.'),
  },
  { $id: 'RotatedApiKey' },
)

export const apiKeys = resource(
  'apiKeys',
  { title: 'API keys', description: 'Credentials of programs: scoped, hashed at rest, shown once.' },
  {
    create: operation({
      method: 'POST',
      path: '/v1/api-keys',
      summary: 'Create an API key',
      description:
        'The key is in this answer only. Nobody can grant what they do not have: a key made with another key ends with it at the latest, and works from its addresses only; one made with a test key is a test key.',
      access: 'api-keys:manage',
      trialLimit: 50,
      recentProof: true,
      body: Closed({
        name: Name,
        role: Type.Optional(RoleName),
        permissions: Type.Optional(
          Type.Array(PermissionName, {
            minItems: 1,
            uniqueItems: true,
            description: 'An exact set, instead of a role.',
          }),
        ),
        mode: Type.Optional(
          OneOf(['live', 'test'], { description: '`live` unless said; with a test key, `test`.' }),
        ),
        expiresAt: Type.Optional(Timestamp),
        allowedIps: Type.Optional(
          Type.Array(Type.String({ maxLength: 64, examples: ['203.0.113.0/24'] }), {
            maxItems: 100,
            description: 'Addresses or CIDR ranges that may use the key.',
          }),
        ),
      }),
      answersSecret: ['key'],
      responses: {
        201: CreatedApiKey,
      },
      errors: ['invalid'],
    }),
    list: operation({
      method: 'GET',
      path: '/v1/api-keys',
      summary: 'List API keys',
      description: 'Keys that are not revoked, newest first; never the keys themselves.',
      access: 'api-keys:manage',
      query: Type.Object(pageQuery),
      responses: { 200: Page(ApiKey) },
      errors: ['invalid_cursor'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/api-keys/{apiKeyId}',
      summary: 'Read an API key',
      description: 'What it may do and when it was last used.',
      access: 'api-keys:manage',
      params: Type.Object({ apiKeyId: Id }),
      responses: { 200: ApiKey },
      errors: ['not_found'],
    }),
    rotate: operation({
      method: 'POST',
      path: '/v1/api-keys/{apiKeyId}/rotate',
      summary: 'Rotate an API key',
      description: [
        'Gives the key another value, which is in this answer only and works at once. Its id, name, rights, addresses and end stay. Earlier',
        'values go on working for the time of `overlap`, so that programs can change over one by one; access tokens made with one of them',
        'end with it. Of two rotations at once the last gives the value that stays. Nobody rotates a key that may do more than they may, or',
        'longer, or from more addresses.',
      ].join(' '),
      access: 'api-keys:manage',
      trialLimit: 50,
      recentProof: true,
      params: Type.Object({ apiKeyId: Id }),
      body: Closed({
        overlap: Type.Optional(
          Type.String({
            maxLength: 30,
            description:
              'For how long earlier values still work, as an ISO 8601 duration of weeks, days, hours, minutes and seconds: at most `P30D`; `PT0S` ends them at once.',
            default: 'P1D',
            examples: ['P1D'],
          }),
        ),
      }),
      answersSecret: ['key'],
      responses: { 200: RotatedApiKey },
      errors: ['not_found', 'invalid'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/api-keys/{apiKeyId}',
      summary: 'Revoke an API key',
      description: 'It stops working at once.',
      access: 'api-keys:manage',
      whileClosing: true,
      params: Type.Object({ apiKeyId: Id }),
      responses: { 204: null },
      errors: ['not_found'],
    }),
  },
)
