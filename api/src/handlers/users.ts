import type { EndedKey } from '@envoi/core/access/end-keys-of'
import type { User as UserRow } from '@envoi/core/database'
import { changePassword } from '@envoi/core/passwords/change-password'
import { deactivateUser } from '@envoi/core/users/deactivate-user'
import { deleteUser } from '@envoi/core/users/delete-user'
import { inviteUser } from '@envoi/core/users/invite-user'
import { reactivateUser } from '@envoi/core/users/reactivate-user'
import { getMe, getUser, listUsers } from '@envoi/core/users/read-users'
import { repeatInvitation } from '@envoi/core/users/repeat-invitation'
import { requestEmailConfirmation } from '@envoi/core/users/request-email-confirmation'
import { transferOwnership } from '@envoi/core/users/transfer-ownership'
import { updateMe, updateUser } from '@envoi/core/users/update-user'
import { contract } from '@envoi/openapi'
import { created, noContent, ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'
import { presentUser } from './accounts.ts'

export const usersHandlers = implement(contract.users, {
  create: async ({ body }, context) => {
    const user = await inviteUser(context, body)
    return created(`/v1/users/${user.id}`, presentUser(user), user)
  },
  list: async ({ query }, context) => page(await listUsers(context, query), presentUser),
  me: async (_, context) => {
    const user = await getMe(context)
    return answerUser(user)
  },
  updateMe: async ({ body, ifMatch }, context) => {
    const user = await updateMe(context, body, ifMatch)
    return answerUser(user)
  },
  confirmEmail: async (_, context) => {
    await requestEmailConfirmation(context)
    return noContent()
  },
  changePassword: async ({ body }, context) => ok(passwordOf(await changePassword(context, body))),
  get: async ({ params }, context) => {
    const user = await getUser(context, params.userId)
    return answerUser(user)
  },
  update: async ({ params, query, body, ifMatch }, context) => {
    return answerChanged(await updateUser(context, params.userId, body, ifMatch, query))
  },
  delete: async ({ params, query }, context) => {
    await deleteUser(context, params.userId, query)
    return noContent()
  },
  repeatInvitation: async ({ params }, context) => answerUser(await repeatInvitation(context, params.userId)),
  deactivate: async ({ params, query }, context) =>
    answerChanged(await deactivateUser(context, params.userId, query)),
  reactivate: async ({ params }, context) => answerUser(await reactivateUser(context, params.userId)),
  transferOwnership: async ({ params }, context) =>
    answerUser(await transferOwnership(context, params.userId)),
})

const answerUser = (user: UserRow) => ok(presentUser(user), user)
const answerChanged = ({ user, endedKeys }: { user: UserRow; endedKeys: EndedKey[] }) =>
  ok({ ...presentUser(user), endedApiKeys: endedKeys }, user)

/** In an answer only when it was generated. */
export const passwordOf = (password: string | undefined) => (password === undefined ? {} : { password })
