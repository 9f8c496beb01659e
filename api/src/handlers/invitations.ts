import { acceptInvitation } from '@envoi/core/users/accept-invitation'
import { openToken } from '@envoi/core/users/open-token'
import { contract } from '@envoi/openapi'
import { ok } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'
import { presentUser } from './accounts.ts'
import { passwordOf } from './users.ts'

export const invitationsHandlers = implement(contract.invitations, {
  accept: async ({ body: { token, ...acceptance } }, context) => {
    const opened = openToken(context, token)
    const { user, password } = await acceptInvitation(opened.context, opened.token, acceptance)
    return ok({ user: presentUser(user), ...passwordOf(password) })
  },
})
