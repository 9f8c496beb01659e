/**
 * Who changes how a user logs in proves once more to be that user: a session left open, or stolen, is not enough. Guesses are
 * slowed down as at the login, whatever is guessed, each by itself: being right about one secret forgives no guesses at another.
 * Or whoever knows the password could guess at codes for ever.
 */
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { invalid } from '../errors.ts'
import { usePasskey } from '../passkeys/use-passkey.ts'
import { useSecondFactor } from '../totp/use-second-factor.ts'
import { userPatience } from './login-attempt.ts'
import { verifyPassword } from './password.ts'
import { requireUser } from './require-user.ts'
import { bucket, forgive, takeAttempt } from './throttle.ts'

/** What is guessed: the password, a code or key that is in use, or what sets up a new one. */
type Secret = 'password' | 'second-factor' | 'enrolment'

/**
 * Judges a secret that the user gives in a session. null when it is wrong: that is counted, and audited.
 *
 * @throws DomainError `rate_limited` after some failures
 */
export async function judge<T>(
  context: Context,
  secret: Secret,
  prove: (userId: string) => Promise<T | null>,
): Promise<T | null> {
  const userId = requireUser(context)
  const own = bucket(context, `again:${secret}:${context.accountId}:${userId}`, userPatience)
  await takeAttempt(context, [own])
  const proven = await prove(userId)
  if (proven !== null) await forgive(context, [own])
  else await recordAudit(context, { target: { type: 'user', id: userId }, outcome: 'invalid_credentials' })
  return proven
}

/** @throws DomainError `invalid` where the password stands in the request; `rate_limited` after some failures */
export async function provePassword(context: Context, password: string, at = '/password'): Promise<void> {
  const isProven = await judge(context, 'password', async (userId) => {
    const { passwordHash } = await context.db.user.findUniqueOrThrow({
      where: { accountId_id: { ...context.scope, id: userId } },
      select: { passwordHash: true },
    })
    return (await verifyPassword(passwordHash, password)) || null
  })
  if (isProven === null) throw invalid(at, 'is not your password')
}

/**
 * A code counts as used whatever becomes of the request.
 *
 * @throws DomainError `invalid` at `/totp`; `rate_limited` after some failures
 */
export async function proveSecondFactor(context: Context, code: string): Promise<void> {
  const factor = await judge(context, 'second-factor', (userId) => useSecondFactor(context, userId, code))
  if (factor === null) throw invalid('/totp', 'is not a code that is good now, or was used already')
}

/** @throws DomainError `invalid` at `/passkey`; `rate_limited` after some failures */
export async function provePasskey(context: Context, passkey: unknown): Promise<void> {
  const isProven = await judge(
    context,
    'second-factor',
    async (userId) => (await usePasskey(context, userId, passkey)) || null,
  )
  if (isProven === null) throw invalid('/passkey', 'is not an answer to a challenge that is open')
}
