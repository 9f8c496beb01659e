import { recordAudit } from '../audit/record-audit.ts'
import { inAccount, type RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { authenticateClient, type ClientCredentials } from './authenticate-client.ts'
import type { ClientGrant } from './authenticate-client-token.ts'

/**
 * Ends an access token of a client (RFC 7009). `grant`: what it says; null for what is no token, or has expired, of which the
 * client is not told (section 2.2).
 *
 * @throws DomainError as `authenticateClient`; `unauthorized_client` when it is the token of another client (section 2.1)
 */
export async function revokeClientToken(
  context: RequestContext,
  credentials: ClientCredentials,
  grant: ClientGrant | null,
): Promise<void> {
  const { accountId, actor, permissions } = await authenticateClient(context, credentials)
  if (grant === null) return
  const { apiKeyId, tokenId, expiresAt } = grant
  if (grant.accountId !== accountId || apiKeyId !== credentials.clientId)
    throw new DomainError('unauthorized_client', { detail: 'The token is of another client.' })
  await transaction(inAccount(context, accountId, actor, permissions), async (tx) => {
    const { count } = await tx.db.revokedToken.createMany({
      data: { ...tx.scope, id: tokenId, apiKeyId, expiresAt },
      skipDuplicates: true,
    })
    if (count > 0) await recordAudit(tx, { target: { type: 'api_key', id: apiKeyId }, changed: ['token'] })
  })
}
