import { provePassword } from '../access/prove-again.ts'
import { requireUser } from '../access/require-user.ts'
import { recordAudit } from '../audit/record-audit.ts'
import type { Context } from '../context.ts'
import { DomainError } from '../errors.ts'
import { hasSecondFactor } from '../totp/has-second-factor.ts'
import { transaction } from '../transaction.ts'

/** One's own; with the last second factor go the recovery codes. */
export async function deletePasskey(
  context: Context,
  id: string,
  { password }: { password: string },
): Promise<void> {
  const userId = requireUser(context)
  const where = { ...context.scope, id, userId }
  if ((await context.db.passkey.count({ where })) === 0) throw new DomainError('not_found')
  await provePassword(context, password)
  await transaction(context, async (tx) => {
    const { count } = await tx.db.passkey.deleteMany({ where })
    if (count === 0) throw new DomainError('not_found')
    if (!(await hasSecondFactor(tx, userId)))
      await tx.db.recoveryCode.deleteMany({ where: { ...tx.scope, userId } })
    await recordAudit(tx, { target: { type: 'passkey', id } })
  })
}
