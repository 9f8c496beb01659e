import { recordAudit } from '../audit/record-audit.ts'
import { inAccount, type RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { apiKeyLookup } from './api-key-format.ts'
import { authenticateClient, type ClientCredentials } from './authenticate-client.ts'
import { credentialOf } from './authenticate-client-token.ts'

/**
 * What an access token may say, for the client credentials grant (RFC 6749, section 4.4). `scope`: permissions separated by
 * spaces, all of the key's unless said. It is told in what was granted, so that a key that gets more rights gives them to no
 * token made before.
 *
 * @throws DomainError as `authenticateClient`; `invalid_scope` when the key lacks any of them
 */
export async function grantClientToken(
  context: RequestContext,
  credentials: ClientCredentials,
  asked: string | undefined,
): Promise<{ accountId: string; apiKeyId: string; credential: string; scope: string }> {
  const { accountId, actor, permissions } = await authenticateClient(context, credentials)
  const scope = asked === undefined ? [...permissions] : [...new Set(asked.split(' ').filter(Boolean))]
  const beyond = scope.filter((name) => !permissions.has(name))
  if (beyond.length > 0)
    throw new DomainError('invalid_scope', { detail: `The key does not have ${beyond.join(', ')}.` })
  if (scope.length === 0) throw new DomainError('invalid_scope', { detail: 'The scope is empty.' })
  const { clientId: apiKeyId, clientSecret } = credentials
  await recordAudit(inAccount(context, accountId, actor, permissions), {
    target: { type: 'api_key', id: apiKeyId },
  })
  return { accountId, apiKeyId, credential: credentialOf(apiKeyLookup(clientSecret)), scope: scope.join(' ') }
}
