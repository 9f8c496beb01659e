import { generateAuthenticationOptions } from '@simplewebauthn/server'
import { proveIdentity } from '../access/prove-identity.ts'
import { recordAudit } from '../audit/record-audit.ts'
import { inAccount, type RequestContext } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { keepChallenge } from './challenges.ts'
import { relyingParty } from './relying-party.ts'

/** What `navigator.credentials.get()` is called with, for who knows the password: which passkeys somebody has is not for strangers. */
export async function askPasskey(context: RequestContext, input: { email: string; password: string }) {
  const { found, attempt } = await proveIdentity(context, input)
  // more is needed: nothing is forgiven yet
  await attempt.withdraw(context)
  const { accountId, userId } = found
  return transaction(inAccount(context, accountId, { type: 'user', id: userId }), async (tx) => {
    const passkeys = await tx.db.passkey.findMany({ where: { ...tx.scope, userId } })
    if (passkeys.length === 0) throw new DomainError('not_found', { detail: 'The user has no passkey.' })
    const options = await generateAuthenticationOptions({
      rpID: relyingParty(tx.settings).id,
      allowCredentials: passkeys.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
      userVerification: 'preferred',
    })
    await keepChallenge(tx, userId, 'get', options.challenge)
    await recordAudit(tx, { target: { type: 'user', id: userId }, outcome: 'second_factor_required' })
    return options
  })
}
