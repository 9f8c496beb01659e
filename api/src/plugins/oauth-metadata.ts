import type { Settings } from '@envoi/core'
import { allPermissions } from '@envoi/openapi'
import type { FastifyInstance } from 'fastify'

/** `/.well-known/oauth-authorization-server`: where and how OAuth clients get tokens (RFC 8414, section 2). */
export function registerOAuthMetadata(app: FastifyInstance, { apiUrl }: Settings): void {
  const authentication = ['client_secret_basic', 'client_secret_post']
  const metadata = {
    issuer: apiUrl,
    token_endpoint: `${apiUrl}/v1/oauth/token`,
    token_endpoint_auth_methods_supported: authentication,
    revocation_endpoint: `${apiUrl}/v1/oauth/revoke`,
    revocation_endpoint_auth_methods_supported: authentication,
    jwks_uri: `${apiUrl}/.well-known/jwks.json`,
    grant_types_supported: ['client_credentials'],
    // there is no authorization endpoint
    response_types_supported: [],
    scopes_supported: allPermissions,
    service_documentation: `${apiUrl}/docs`,
  }
  app.get('/.well-known/oauth-authorization-server', async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=3600').type('application/json')
    return reply.serializer((document: unknown) => JSON.stringify(document)).send(metadata)
  })
}
