import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { hasSecondFactor } from '../totp/has-second-factor.ts'
import { transaction } from '../transaction.ts'
import { provePasskey, provePassword, proveSecondFactor } from './prove-again.ts'
import { proofMs } from './require-recent-proof.ts'
import { requireUser } from './require-user.ts'
import type { SecondStepInput } from './second-step.ts'

/**
 * Proves once more to be the user of the session, as at a login: by the password, and the second factor of who has one. Answers
 * until when that is good.
 *
 * @throws DomainError `invalid` at what is wrong or missing; `rate_limited` after some failures
 */
export async function proveSession(
  context: Context,
  { password, totp, passkey }: SecondStepInput & { password: string },
): Promise<Date> {
  const userId = requireUser(context)
  await provePassword(context, password)
  if (await hasSecondFactor(context, userId)) {
    if (passkey !== undefined) await provePasskey(context, passkey)
    else if (totp !== undefined) await proveSecondFactor(context, totp)
    else throw invalid('/totp', 'or `passkey` is needed: you have a second factor')
  }
  return transaction(context, async (tx) => {
    const now = tx.clock.now()
    const id = tx.actor.sessionId
    const { count } = await tx.db.session.updateMany({
      where: { ...tx.scope, id, userId, revokedAt: null },
      data: { provenAt: now },
    })
    if (id === undefined || count === 0) throw new DomainError('unauthenticated')
    await recordAudit(tx, { target: { type: 'session', id }, changed: ['provenAt'] })
    return new Date(now.getTime() + proofMs)
  })
}
