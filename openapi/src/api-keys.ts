import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Closed, Id, Line, Nullable, Page, pageQuery, Timestamp } from './schemas.ts'
import { PermissionName, RoleName } from './users.ts'

const Name = Line({ minLength: 1, maxLength: 100, examples: ['CRM synchronisation'] })

export const ApiKey = Type.Object(
  {
    id: Id,
    name: Name,
    hint: Type.String({
      description: 'How the key begins, to recognise it by.',
      examples: ['envoi_live_7hQ2'],
    }),
    permissions: Type.Array(PermissionName),
    allowedIps: Type.Array(Type.String({ examples: ['203.0.113.0/24'] })),
    expiresAt: Nullable(Timestamp),
    lastUsedAt: Nullable(Timestamp),
    createdAt: Timestamp,
  },
  { $id: 'ApiKey' },
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
        'The key is in this answer only. Nobody can grant what they do not have: a key made with another key ends with it at the latest, and works from its addresses only.',
      access: 'api-keys:manage',
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
        expiresAt: Type.Optional(Timestamp),
        allowedIps: Type.Optional(
          Type.Array(Type.String({ maxLength: 64, examples: ['203.0.113.0/24'] }), {
            maxItems: 100,
            description: 'Addresses or CIDR ranges that may use the key.',
          }),
        ),
      }),
      responses: {
        201: Type.Object(
          {
            ...ApiKey.properties,
            key: Type.String({ description: 'The key itself, shown once.', examples: ['envoi_live_7hQ2…'] }),
          },
          { $id: 'CreatedApiKey' },
        ),
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
