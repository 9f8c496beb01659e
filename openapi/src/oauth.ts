import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'

/** What identifies a client in the body (RFC 6749, section 2.3.1), instead of HTTP Basic. */
const client = {
  client_id: Type.Optional(
    Type.String({
      maxLength: 100,
      description: 'The id of an API key, unless it is in `Authorization: Basic`.',
      examples: ['0192f1a4-7c1e-7a5b-8c3d-2f6e9a1b4c7d'],
    }),
  ),
  client_secret: Type.Optional(
    Type.String({
      maxLength: 2000,
      description: 'The key itself, unless it is in `Authorization: Basic`.',
      examples: ['envoi_live_7hQ2…'],
    }),
  ),
}

export const oauth = resource(
  'oauth',
  {
    title: 'OAuth',
    description:
      'Access tokens for programs (RFC 6749, section 4.4), as an alternative to sending an API key with each request. A client is an API key: `client_id` is its id, `client_secret` the key.',
  },
  {
    token: operation({
      method: 'POST',
      path: '/v1/oauth/token',
      summary: 'Get an access token',
      description: [
        'OAuth 2.0 client credentials (RFC 6749, section 4.4). The client authenticates by HTTP Basic or in the body, with the id of an API',
        'key and the key. The token is a JWT (RFC 9068) for ten minutes, with the permissions in `scope` as far as the key has them at the',
        'time of each request. It ends at once with the key or the value of the key that it was made with. Refusals have the members of RFC 6749, section 5.2,',
        'beside those of every problem. `Idempotency-Key` is not heeded: a token is not kept.',
      ].join(' '),
      access: 'public',
      form: Type.Object({
        grant_type: Type.String({
          maxLength: 100,
          description: 'The only one is `client_credentials`.',
          examples: ['client_credentials'],
        }),
        scope: Type.Optional(
          Type.String({
            maxLength: 2000,
            description: 'Permissions, separated by spaces; all those of the key unless said.',
            examples: ['contacts:read contacts:write'],
          }),
        ),
        ...client,
      }),
      responses: {
        200: Type.Object(
          {
            access_token: Type.String({
              description: 'For `Authorization: Bearer`.',
              examples: ['eyJhbGciOiJFZERTQSJ9…'],
            }),
            token_type: Type.Literal('Bearer', { examples: ['Bearer'] }),
            expires_in: Type.Integer({ description: 'Seconds until it expires.', examples: [600] }),
            scope: Type.String({
              description: 'The permissions that it has, separated by spaces.',
              examples: ['contacts:read contacts:write'],
            }),
          },
          { $id: 'OAuthToken' },
        ),
      },
      errors: ['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope'],
    }),
    revoke: operation({
      method: 'POST',
      path: '/v1/oauth/revoke',
      summary: 'Revoke an access token',
      description:
        'RFC 7009. An access token of the client stops working at once. What is no token, or none that still works, is answered 200 as well. To end what a user has logged in with, use `DELETE /v1/sessions/{sessionId}`.',
      access: 'public',
      form: Type.Object({
        token: Type.String({ maxLength: 4000, examples: ['eyJhbGciOiJFZERTQSJ9…'] }),
        token_type_hint: Type.Optional(
          Type.String({
            maxLength: 100,
            description: 'Taken and not needed: there is one type.',
            examples: ['access_token'],
          }),
        ),
        ...client,
      }),
      responses: { 200: null },
      errors: ['invalid_client', 'unauthorized_client'],
    }),
  },
)
