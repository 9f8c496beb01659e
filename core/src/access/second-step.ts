import type { Context } from '../context.ts'
import { usePasskey } from '../passkeys/use-passkey.ts'
import { type SecondFactor, useSecondFactor } from '../totp/use-second-factor.ts'

/** What a user sends with the password. */
export interface SecondStepInput {
  totp?: string
  /** As the browser gives it. */
  passkey?: unknown
}

export type SecondStep =
  /** null: the user has none. */
  | { factor: SecondFactor | null }
  | { refused: 'second_factor_required' | 'second_factor_invalid'; detail?: string }

/** What stands between a right password and a session: the second factor of whoever has one. */
export async function takeSecondStep(
  tx: Context,
  userId: string,
  given: SecondStepInput,
): Promise<SecondStep> {
  const [totp, passkeys] = [
    await tx.db.totp.count({ where: { ...tx.scope, userId, confirmedAt: { not: null } } }),
    await tx.db.passkey.count({ where: { ...tx.scope, userId } }),
  ]
  if (totp + passkeys === 0) return { factor: null }
  if (given.passkey !== undefined)
    return (await usePasskey(tx, userId, given.passkey))
      ? { factor: 'passkey' }
      : { refused: 'second_factor_invalid' }
  if (given.totp !== undefined) {
    const factor = await useSecondFactor(tx, userId, given.totp)
    return factor === null ? { refused: 'second_factor_invalid' } : { factor }
  }
  const ways = [...(totp > 0 ? ['`totp`'] : []), ...(passkeys > 0 ? ['`passkey`'] : [])]
  return { refused: 'second_factor_required', detail: `The user has ${ways.join(' and ')}.` }
}
