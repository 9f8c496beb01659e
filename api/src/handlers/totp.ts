import { beginTotp } from '@envoi/core/totp/begin-totp'
import { confirmTotp } from '@envoi/core/totp/confirm-totp'
import { disableTotp } from '@envoi/core/totp/disable-totp'
import { readTotp } from '@envoi/core/totp/read-totp'
import { regenerateRecoveryCodes } from '@envoi/core/totp/regenerate-recovery-codes'
import { resetSecondFactors } from '@envoi/core/totp/reset-second-factors'
import { contract } from '@envoi/openapi'
import { created, noContent, ok } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'

export const totpHandlers = implement(contract.totp, {
  get: async (_, context) => {
    const { enabledAt, recoveryCodesLeft } = await readTotp(context)
    return ok({ enabledAt: enabledAt?.toISOString() ?? null, recoveryCodesLeft })
  },
  begin: async ({ body }, context) => created('/v1/users/me/totp', await beginTotp(context, body)),
  confirm: async ({ body }, context) => ok({ recoveryCodes: await confirmTotp(context, body) }),
  regenerateRecoveryCodes: async ({ body }, context) =>
    ok({ recoveryCodes: await regenerateRecoveryCodes(context, body) }),
  reset: async ({ params }, context) => {
    await resetSecondFactors(context, params.userId)
    return noContent()
  },
  disable: async ({ body }, context) => {
    await disableTotp(context, body)
    return noContent()
  },
})
