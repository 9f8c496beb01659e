import { type AuthenticationResponseJSON, verifyAuthenticationResponse } from '@simplewebauthn/server'
import type { Context } from '../context.ts'
import { takeChallenge } from './challenges.ts'
import { relyingParty } from './relying-party.ts'

/**
 * Whether a user has signed a challenge of ours with one of their passkeys, here and now. A counter that does not grow tells of
 * a copied authenticator (WebAuthn, section 6.1.1): the library refuses it.
 */
export async function usePasskey(tx: Context, userId: string, given: unknown): Promise<boolean> {
  const response = given as AuthenticationResponseJSON
  const passkey = await tx.db.passkey.findFirst({
    where: { ...tx.scope, userId, credentialId: String(response.id) },
  })
  if (passkey === null) return false
  const { id, origins } = relyingParty(tx.settings)
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: (challenge) => takeChallenge(tx, userId, 'get', challenge),
      expectedOrigin: origins,
      expectedRPID: id,
      credential: {
        id: passkey.credentialId,
        publicKey: passkey.publicKey,
        counter: Number(passkey.counter),
      },
      requireUserVerification: false,
    })
    if (!verified) return false
    await tx.db.passkey.update({
      where: { accountId_id: { ...tx.scope, id: passkey.id } },
      data: { counter: authenticationInfo.newCounter, lastUsedAt: tx.clock.now() },
    })
    return true
  } catch (error) {
    tx.log.info({ err: error }, 'a passkey was not accepted')
    return false
  }
}
