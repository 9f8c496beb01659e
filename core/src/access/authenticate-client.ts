import type { RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { isAddressAllowed } from './allowed-address.ts'
import { authenticateApiKey } from './authenticate-api-key.ts'
import { networkOf } from './network.ts'
import type { Principal } from './principal.ts'
import { bucket, returnAttempt, takeAttempt } from './throttle.ts'

/** Behind one address there may be many programs: as for logins. */
const patience = { free: 30, forgivenAfterMs: 60_000 }

export interface ClientCredentials {
  clientId: string
  clientSecret: string
}

/**
 * An OAuth client: an API key, by its id and itself (RFC 6749, section 2.3.1). Failures slow down those who come from the same
 * network, as at logins.
 *
 * @throws DomainError `invalid_client`; `unauthorized_client` from an address that the key does not allow, or of an account that
 * is stopped; `rate_limited`
 */
export async function authenticateClient(
  context: RequestContext,
  { clientId, clientSecret }: ClientCredentials,
): Promise<Principal> {
  const place = bucket(context, `oauth:${networkOf(context.address)}`, patience)
  const attempt = await takeAttempt(context, [place])
  const principal = await authenticateApiKey(context, clientSecret)
  if (principal === null || principal.actor.id !== clientId) throw new DomainError('invalid_client')
  await returnAttempt(context, attempt)
  if (!isAddressAllowed(context.address, principal.allowedIps))
    throw new DomainError('unauthorized_client', {
      detail: 'The key may not be used from this address.',
    })
  const { accountStatus } = principal
  if (accountStatus !== 'active' && accountStatus !== 'trial')
    throw new DomainError('unauthorized_client', { detail: `The account is ${accountStatus}.` })
  return principal
}
