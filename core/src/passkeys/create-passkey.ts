import { type RegistrationResponseJSON, verifyRegistrationResponse } from '@simplewebauthn/server'
import { judge } from '../access/prove-again.ts'
import { requireStanding } from '../access/require-standing.ts'
import { requireUser } from '../access/require-user.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid, uniqueViolation } from '../errors.ts'
import { enrolled } from '../totp/enrolled.ts'
import { hasSecondFactor } from '../totp/has-second-factor.ts'
import { replaceRecoveryCodes } from '../totp/recovery-codes.ts'
import { transaction } from '../transaction.ts'
import { takeChallenge } from './challenges.ts'
import { relyingParty } from './relying-party.ts'

/** Keeps a passkey that the browser has made. The first second factor of a user comes with recovery codes, shown once. */
export async function createPasskey(context: Context, input: { name: string; credential: unknown }) {
  const userId = requireUser(context)
  const made = await judge(context, 'enrolment', () => verified(context, userId, input.credential))
  if (made === null)
    throw invalid(
      '/credential',
      'is not what was asked for: made for another challenge, origin or host, or too late',
    )
  const { credential, credentialDeviceType, credentialBackedUp } = made
  try {
    return await transaction(context, async (tx) => {
      await requireStanding(tx)
      const isFirst = !(await hasSecondFactor(tx, userId))
      const passkey = await tx.db.passkey.create({
        data: {
          ...tx.scope,
          id: tx.newId(),
          userId,
          name: input.name,
          credentialId: credential.id,
          publicKey: credential.publicKey,
          counter: credential.counter,
          transports: credential.transports ?? [],
          isSynced: credentialDeviceType === 'multiDevice' && credentialBackedUp,
          createdAt: tx.clock.now(),
        },
      })
      await enrolled(tx, userId)
      const recoveryCodes = isFirst ? await replaceRecoveryCodes(tx, userId) : undefined
      await recordAudit(tx, { target: { type: 'passkey', id: passkey.id } })
      return { passkey, recoveryCodes }
    })
  } catch (error) {
    if (uniqueViolation(error) === undefined) throw error
    throw new DomainError('conflict', {
      fields: [{ pointer: '/credential', detail: 'is registered already' }],
    })
  }
}

/** null for what does not hold. The challenge is used up either way. */
async function verified(context: Context, userId: string, credential: unknown) {
  const { id, origins } = relyingParty(context.settings)
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response: credential as RegistrationResponseJSON,
      expectedChallenge: (challenge) => takeChallenge(context, userId, 'create', challenge),
      expectedOrigin: origins,
      expectedRPID: id,
      // it stands beside a password: that somebody touched it is enough
      requireUserVerification: false,
    })
    return registrationInfo ?? null
  } catch (error) {
    context.log.info({ err: error }, 'a passkey was not accepted')
    return null
  }
}
