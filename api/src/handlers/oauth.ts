import { DomainError } from '@envoi/core'
import type { ClientCredentials } from '@envoi/core/access/authenticate-client'
import { grantClientToken } from '@envoi/core/access/grant-client-token'
import { revokeClientToken } from '@envoi/core/access/revoke-client-token'
import { contract } from '@envoi/openapi'
import { accessTokenLifetime, grantIn } from '../plugins/access-tokens.ts'
import { type Answer, ok } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

/** 200, kept by nobody (RFC 6749, section 5.1). */
const unstored = <Body>(body: Body): Answer<200, Body> => ({
  ...ok(body),
  headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
})

export const oauthHandlers = implement(contract.oauth, {
  token: async ({ body, authorization, accessTokens }, context) => {
    if (body.grant_type !== 'client_credentials') throw new DomainError('unsupported_grant_type')
    const grant = await grantClientToken(context, clientOf(authorization, body), body.scope)
    const { accountId: acc, apiKeyId: id, credential: cred, scope } = grant
    const token = accessTokens.sign({ sub: id, client_id: id, acc, cred, scope })
    return unstored({
      access_token: token,
      token_type: 'Bearer' as const,
      expires_in: accessTokenLifetime,
      scope,
    })
  },
  revoke: async ({ body, authorization, accessTokens }, context) => {
    const claims = accessTokens.verify(body.token)
    const grant = claims === null || 'sid' in claims ? null : grantIn(claims)
    await revokeClientToken(context, clientOf(authorization, body), grant)
    return unstored(undefined)
  },
})

/** `client_secret_basic` or `client_secret_post`, and no more than one of them (RFC 6749, section 2.3). */
function clientOf(
  authorization: string | undefined,
  { client_id: id, client_secret: secret }: { client_id?: string; client_secret?: string },
): ClientCredentials {
  const basic = /^Basic +([A-Za-z0-9+/=]{1,1000})$/i.exec(authorization ?? '')?.[1]
  if (basic === undefined) {
    if (id === undefined || secret === undefined)
      throw new DomainError('invalid_client', { detail: 'The client has not authenticated.' })
    return { clientId: id, clientSecret: secret }
  }
  if (secret !== undefined)
    throw new DomainError('malformed', { detail: 'The client authenticates in two ways: use one.' })
  const [clientId, clientSecret] = Buffer.from(basic, 'base64').toString().split(/:(.*)/s).map(decoded)
  if (clientId === undefined || clientSecret === undefined) throw new DomainError('invalid_client')
  if (id !== undefined && id !== clientId)
    throw new DomainError('malformed', { detail: 'client_id is another one than in Authorization.' })
  return { clientId, clientSecret }
}

/** Both parts are form-encoded before they are joined (RFC 6749, section 2.3.1). */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}
