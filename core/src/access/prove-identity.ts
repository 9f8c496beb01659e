import type { RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { isAddressAllowed } from './allowed-address.ts'
import { type FoundLogin, findLogin } from './find-login.sql.ts'
import { attemptLogin, type LoginAttempt } from './login-attempt.ts'
import { loginLookup } from './login-lookup.ts'
import { networkOf } from './network.ts'
import { verifyPassword } from './password.ts'
import { recordRefusal } from './record-refusal.ts'

/**
 * The first step of a login: who has this address and this password. The answer, and the time it takes, are the same for an unknown
 * user and for a wrong password; that an address is not allowed is said after the password was right.
 *
 * @throws DomainError `rate_limited` while attempts have to wait, right ones too
 */
export async function proveIdentity(
  context: RequestContext,
  input: { email: string; password: string },
): Promise<{ found: FoundLogin; attempt: LoginAttempt }> {
  const lookup = loginLookup(context.keys, input.email)
  const network = networkOf(context.address)
  const found = await findLogin(context, lookup, network)
  const attempt = await attemptLogin(context, { lookup, network, found })
  const verified = await verifyPassword(found?.passwordHash, input.password)
  if (found === undefined || !verified || found.status !== 'active') {
    await recordRefusal(context, found)
    throw new DomainError('invalid_credentials')
  }
  if (!isAddressAllowed(context.address, found.security.allowedIps ?? [])) {
    await attempt.withdraw(context)
    await recordRefusal(context, found)
    throw new DomainError('address_not_allowed')
  }
  return { found, attempt }
}
