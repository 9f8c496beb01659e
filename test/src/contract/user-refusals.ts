/** How operations on users, invitations and passwords come to refuse by a rule of their own. */
import { trialInvitations, trialUsers } from '@envoi/core/users/invite-user'
import { anyone, invite, linkIn, ownerOf, userWith } from '../users/people.ts'
import type { DeclaredRefusal } from './declared-refusals.ts'
import type { Scene } from './make.ts'
import { ask, call, of, type Refusal, twice } from './refusal-calls.ts'

const newUser = { email: 'grace@example.com', firstName: 'Grace', lastName: 'Hopper' }
const invitationOf = async (scene: Scene) => {
  const { token } = await linkIn(scene.server, (await invite(scene)).email, 'invitation')
  return { token }
}
const resetOf = async ({ server, account: { ownerEmail } }: Scene) => {
  await anyone(server).passwordResets.create({ email: ownerEmail })
  return { token: (await linkIn(server, ownerEmail, 'passwordReset')).token }
}

export const userRefusals = {
  'users.create invalid': call('POST', '/v1/users', newUser),
  'users.create conflict': twice('/v1/users', { ...newUser, role: 'analyst' }),
  'users.create trial_restricted': async ({ server }) => {
    const scene = { server, account: await server.openAccount({ trial: true }) }
    for (let n = 1; n < trialUsers; n += 1) await invite(scene)
    return ask(scene, '/v1/users', { body: { ...newUser, role: 'analyst' } })
  },
  'users.updateMe invalid': call('PATCH', '/v1/users/me', { firstName: ' ' }),
  'users.changePassword invalid': call('POST', '/v1/users/me/password', { currentPassword: 'guessed it' }),
  'users.update invalid': call('PATCH', of('/v1/users', ownerOf), {
    role: 'owner',
    permissions: ['users:manage'],
  }),
  'users.update last_owner': call('PATCH', of('/v1/users', ownerOf), { role: 'admin' }),
  'users.delete last_owner': call('DELETE', of('/v1/users', ownerOf)),
  'users.deactivate last_owner': call('POST', of('/v1/users', ownerOf, '/deactivate')),
  'users.repeatInvitation trial_restricted': async ({ server }) => {
    const scene = { server, account: await server.openAccount({ trial: true }) }
    const { id } = await invite(scene)
    for (let n = 1; n < trialInvitations; n += 1) await scene.account.api.users.repeatInvitation(id)
    return ask(scene, `/v1/users/${id}/invitation`, { method: 'POST' })
  },
  'users.reactivate trial_restricted': async ({ server }) => {
    const scene = { server, account: await server.openAccount({ trial: true }) }
    const { users } = scene.account.api
    const { id } = await invite(scene)
    for (let n = 1; n < trialInvitations; n += 1) await users.repeatInvitation(id)
    await users.deactivate(id)
    return ask(scene, `/v1/users/${id}/reactivate`, { method: 'POST' })
  },
  'users.repeatInvitation conflict': call('POST', of('/v1/users', ownerOf, '/invitation')),
  'users.transferOwnership invalid': call('POST', of('/v1/users', ownerOf, '/transfer-ownership')),
  'invitations.accept invalid': call('POST', '/v1/invitations/accept', async (scene: Scene) => ({
    ...(await invitationOf(scene)),
    password: 'password1234',
  })),
  'invitations.accept link_ended': async (scene) => {
    const body = await invitationOf(scene)
    await ask(scene, '/v1/invitations/accept', { body })
    return ask(scene, '/v1/invitations/accept', { body })
  },
  'invitations.accept conflict': async (scene) => {
    const { server, account } = scene
    const { email } = await userWith({ server, account: await server.openAccount() })
    await account.api.users.create({ email, firstName: 'Grace', lastName: 'Hopper', role: 'analyst' })
    const { token } = await linkIn(server, email, 'invitation')
    return ask(scene, '/v1/invitations/accept', { body: { token } })
  },
  'passwordResets.complete invalid': call('POST', '/v1/password-resets/complete', async (scene: Scene) => ({
    ...(await resetOf(scene)),
    password: 'password1234',
  })),
  'passwordResets.complete link_ended': async (scene) => {
    const body = await resetOf(scene)
    await ask(scene, '/v1/password-resets/complete', { body })
    return ask(scene, '/v1/password-resets/complete', { body })
  },
} satisfies Partial<Record<DeclaredRefusal, Refusal>>
