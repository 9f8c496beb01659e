/**
 * Who changes how a user logs in proves once more to be that user: a session left open, or stolen, is not enough. Guesses are
 * slowed down as at the login.
 */
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'
import { useSecondFactor } from '../totp/use-second-factor.ts'
import { userPatience } from './login-attempt.ts'
import { verifyPassword } from './password.ts'
import { requireUser } from './require-user.ts'
import { bucket, forgive, takeAttempt } from './throttle.ts'

async function slowly(context: Context, userId: string, prove: () => Promise<boolean>): Promise<boolean> {
  const own = bucket(context, `again:${context.accountId}:${userId}`, userPatience)
  await takeAttempt(context, [own])
  const isProven = await prove()
  if (isProven) await forgive(context, [own])
  else await recordAudit(context, { target: { type: 'user', id: userId }, outcome: 'invalid_credentials' })
  return isProven
}

/** @throws DomainError `invalid` where the password stands in the request; `rate_limited` after some failures */
export async function provePassword(context: Context, password: string, at = '/password'): Promise<void> {
  const userId = requireUser(context)
  const user = await context.db.user.findUniqueOrThrow({
    where: { accountId_id: { ...context.scope, id: userId } },
    select: { passwordHash: true },
  })
  if (!(await slowly(context, userId, () => verifyPassword(user.passwordHash, password))))
    throw invalid(at, 'is not your password')
}

/**
 * A code counts as used whatever becomes of the request.
 *
 * @throws DomainError `invalid` at `/totp`; `rate_limited` after some failures
 */
export async function proveSecondFactor(context: Context, code: string): Promise<void> {
  const userId = requireUser(context)
  const isProven = await slowly(
    context,
    userId,
    async () => (await useSecondFactor(context, userId, code)) !== null,
  )
  if (!isProven) throw invalid('/totp', 'is not a code that is good now, or was used already')
}
