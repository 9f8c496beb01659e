import type { RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { isAddressAllowed } from './allowed-address.ts'
import { type FoundLogin, findLogins } from './find-login.sql.ts'
import { attemptLogin, type LoginAttempt } from './login-attempt.ts'
import { loginLookup, unprovenLookup } from './login-lookup.ts'
import { networkOf } from './network.ts'
import { verifyPassword } from './password.ts'
import { recordRefusal } from './record-refusal.ts'

/**
 * The first step of a login: who has this address and this password. The answer, and the time it takes, are the same for an
 * unknown user and for a wrong password, and with one login for the address or with two; that an address is not allowed is said
 * after the password was right.
 *
 * @throws DomainError `rate_limited` while attempts have to wait, right ones too
 */
export async function proveIdentity(
  context: RequestContext,
  input: { email: string; password: string },
): Promise<{ found: FoundLogin; attempt: LoginAttempt }> {
  const lookup = loginLookup(context.keys, input.email)
  const network = networkOf(context.address)
  const unproven = unprovenLookup(context.keys, input.email)
  const logins = await findLogins(context, { proven: lookup, unproven }, network)
  const isFamiliar = logins.some((login) => login.isFamiliar)
  const attempt = await attemptLogin(context, { lookup, network, isFamiliar })
  const found = await whose(logins, input.password)
  if (found === undefined) {
    // nothing of it shows in an account that anybody can have opened with the address: nor where its holder logs in from
    await recordRefusal(
      context,
      logins.find(({ isProven }) => isProven),
    )
    throw new DomainError('invalid_credentials')
  }
  if (!isAddressAllowed(context.address, found.security.allowedIps ?? [])) {
    await attempt.withdraw(context)
    await recordRefusal(context, found)
    throw new DomainError('address_not_allowed')
  }
  // whoever opened an account with somebody's address forgives no guesses at that somebody
  return { found, attempt: found.isProven ? attempt : { ...attempt, succeed: attempt.withdraw } }
}

/** Places of an address that a password is compared with, whether or not somebody is there. */
const places = [0, 1]

/** Whose password it is. A wrong one takes as long however many logins there are: with decoys for those that there are not. */
async function whose(logins: readonly FoundLogin[], password: string): Promise<FoundLogin | undefined> {
  for (const place of places) {
    const login = logins[place]
    const verified = await verifyPassword(login?.passwordHash, password)
    if (verified && login?.status === 'active') return login
  }
  return undefined
}
