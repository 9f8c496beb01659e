import { generateRegistrationOptions } from '@simplewebauthn/server'
import { provePassword } from '../access/prove-again.ts'
import { requireUser } from '../access/require-user.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { transaction } from '../transaction.ts'
import { keepChallenge } from './challenges.ts'
import { relyingParty } from './relying-party.ts'

/**
 * What `navigator.credentials.create()` is called with. No attestation is asked for: which make of authenticator somebody has is
 * none of our business (WebAuthn, section 14.4.1).
 */
export async function beginPasskey(context: Context, { password }: { password: string }) {
  const userId = requireUser(context)
  await provePassword(context, password)
  return transaction(context, async (tx) => {
    const user = await tx.db.user.findUniqueOrThrow({
      where: { accountId_id: { ...tx.scope, id: userId } },
      select: { email: true, firstName: true, lastName: true, passkeys: true },
    })
    const { id, name } = relyingParty(tx.settings)
    const options = await generateRegistrationOptions({
      rpID: id,
      rpName: name,
      // an id that says nothing about the person (section 14.6.1)
      userID: new Uint8Array(Buffer.from(userId.replaceAll('-', ''), 'hex')),
      userName: user.email,
      userDisplayName: `${user.firstName} ${user.lastName}`,
      attestationType: 'none',
      excludeCredentials: user.passkeys.map(({ credentialId, transports }) => ({
        id: credentialId,
        transports,
      })),
      authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
    })
    await keepChallenge(tx, userId, 'create', options.challenge)
    await recordAudit(tx, { target: { type: 'user', id: userId } })
    return options
  })
}
