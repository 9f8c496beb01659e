import type { RequestContext } from '../context.ts'
import { inAccount } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { holdPassword } from './hold-password.ts'
import { type OpenedSession, openSession } from './open-session.ts'
import { proveIdentity } from './prove-identity.ts'
import { recordRefusal } from './record-refusal.ts'
import { type SecondStepInput, takeSecondStep } from './second-step.ts'

export interface LoginInput extends SecondStepInput {
  email: string
  password: string
}

/**
 * Opens a session: the password, then the second factor of who has one. Codes are guessed no faster than passwords: a wrong one
 * counts as a failure, and asking what is missing forgives none.
 *
 * @throws DomainError as `proveIdentity`; `second_factor_required`, `second_factor_invalid`
 */
export async function login(context: RequestContext, input: LoginInput): Promise<OpenedSession> {
  const { found, attempt } = await proveIdentity(context, input)
  const inside = inAccount(context, found.accountId, { type: 'user', id: found.userId })
  const opened = await transaction(inside, async (tx) => {
    await holdPassword(tx, found)
    const step = await takeSecondStep(tx, found.userId, input)
    if ('refused' in step) return step
    await attempt.succeed(tx)
    return openSession(tx, found, step.factor)
  })
  if (!('refused' in opened)) return opened
  const isMissing = opened.refused === 'second_factor_required'
  if (isMissing) await attempt.withdraw(context)
  await recordRefusal(context, found, isMissing ? opened.refused : 'failure')
  throw new DomainError(opened.refused, { detail: opened.detail })
}
