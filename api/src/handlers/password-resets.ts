import { requestReset } from '@envoi/core/passwords/request-reset'
import { resetPassword } from '@envoi/core/passwords/reset-password'
import { openToken } from '@envoi/core/users/open-token'
import { contract } from '@envoi/openapi'
import { noContent, ok } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'
import { passwordOf } from './users.ts'

export const passwordResetsHandlers = implement(contract.passwordResets, {
  create: async ({ body }, context) => {
    await requestReset(context, body)
    return noContent()
  },
  complete: async ({ body }, context) => {
    const opened = openToken(context, body.token)
    return ok(passwordOf(await resetPassword(opened.context, opened.token, body.password)))
  },
})
