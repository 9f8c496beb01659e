import { proveSecondFactor } from '../access/prove-again.ts'
import { requireUser } from '../access/require-user.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { transaction } from '../transaction.ts'
import { hasSecondFactor } from './has-second-factor.ts'
import { replaceRecoveryCodes } from './recovery-codes.ts'

/** New recovery codes, shown once; the ones before are worth nothing any more. */
export async function regenerateRecoveryCodes(
  context: Context,
  { totp }: { totp: string },
): Promise<string[]> {
  const userId = requireUser(context)
  if (!(await hasSecondFactor(context, userId))) throw new DomainError('not_found')
  await proveSecondFactor(context, totp)
  return transaction(context, async (tx) => {
    const codes = await replaceRecoveryCodes(tx, userId)
    await recordAudit(tx, { target: { type: 'user', id: userId }, changed: ['recoveryCodes'] })
    return codes
  })
}
