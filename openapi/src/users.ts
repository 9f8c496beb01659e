import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { allPermissions, allRoles } from './permissions.ts'
import { Closed, Email, Id, Nullable, OneOf, Page, PlainName, pageQuery, Timestamp } from './schemas.ts'

export const RoleName = OneOf(allRoles, { description: 'A named set of permissions.' })
export const PermissionName = OneOf(allPermissions, {
  $id: 'Permission',
  description: 'What credentials may do.',
})

/** How people are called: one line, so that it stays one in mails. */
export const PersonName = (example: string) =>
  PlainName({ minLength: 1, maxLength: 100, examples: [example] })

/**
 * NIST SP 800-63B-4, section 3.1.1.2: long passwords are taken, in any characters, and how they are composed is nobody's business.
 * How easily it is guessed is estimated, and refused with `invalid` when it is too easily.
 */
export const NewPassword = Type.String({
  minLength: 8,
  maxLength: 128,
  description:
    'At least 8 characters, 15 are advised; any characters, and no rule but that it must not be easy to guess, from the names of the account and the person among others. Left out, a strong one is generated.',
  examples: ['calm-otter-47-lantern'],
})

/** A generated password, in the answer. */
export const GeneratedPassword = Type.String({
  description: 'The generated password, shown once; left out when one was given.',
  examples: ['n7TqV2xKcJw9RbYdHm4G'],
})

export const User = Type.Object(
  {
    id: Id,
    email: Email,
    firstName: Type.String({ examples: ['Ada'] }),
    lastName: Type.String({ examples: ['Lovelace'] }),
    role: Nullable(OneOf(allRoles, { description: 'null when the permissions are set exactly.' })),
    permissions: Type.Array(PermissionName, {
      description: 'What the user may do, from the role or set exactly.',
    }),
    status: OneOf(['active', 'invited', 'deactivated']),
    emailVerifiedAt: Nullable(Timestamp),
    createdAt: Timestamp,
  },
  { $id: 'User' },
)

/** A user after a change by which API keys may have ended. */
const ChangedUser = Type.Object(
  {
    ...User.properties,
    endedApiKeys: Type.Array(Type.Object({ id: Id, name: Type.String({ examples: ['Shop'] }) }), {
      description:
        'API keys that ended with this change, because only this user knew them: replace them where they are used.',
    }),
  },
  { $id: 'ChangedUser' },
)

const params = Type.Object({ userId: Id })

const keepApiKeys = Type.Object({
  keepApiKeys: Type.Optional(
    Type.Boolean({
      description:
        'Lets the keys that would end go on. Somebody who still knows one can still use it: rotate them first, which gives them values that only you know.',
      examples: [false],
    }),
  ),
})

const rights = {
  role: Type.Optional(RoleName),
  permissions: Type.Optional(
    Type.Array(PermissionName, {
      minItems: 1,
      uniqueItems: true,
      description: 'An exact set, instead of a role.',
    }),
  ),
}

const names = {
  firstName: Type.Optional(PersonName('Ada')),
  lastName: Type.Optional(PersonName('Lovelace')),
}

export const users = resource(
  'users',
  {
    title: 'Users',
    description: [
      'The people of an account. Nobody can give what they do not have, nor change or remove who may do more than they;',
      'owners are made, changed and removed by owners alone, and one is always left.',
    ].join(' '),
  },
  {
    create: operation({
      method: 'POST',
      path: '/v1/users',
      summary: 'Invite a user',
      description:
        'Sends a mail with a link, which works for seven days. Whoever accepts chooses a password, and is `active` from then on. A trial account has 10 users at most, and sends 10 invitations in 24 hours, repeated ones and those of deleted users included.',
      access: 'users:manage',
      trialLimit: 'counted',
      recentProof: true,
      body: Closed({
        email: Email,
        firstName: PersonName('Grace'),
        lastName: PersonName('Hopper'),
        ...rights,
      }),
      responses: { 201: User },
      errors: ['invalid', 'conflict', 'trial_restricted'],
    }),
    list: operation({
      method: 'GET',
      path: '/v1/users',
      summary: 'List users',
      description: 'The people of the account, newest first.',
      access: 'users:manage',
      query: Type.Object(pageQuery),
      responses: { 200: Page(User) },
      errors: ['invalid_cursor'],
    }),
    me: operation({
      method: 'GET',
      path: '/v1/users/me',
      summary: 'Read oneself',
      description: 'The user who is logged in. An API key is nobody: 404.',
      access: 'session',
      responses: { 200: User },
      errors: ['not_found'],
    }),
    updateMe: operation({
      method: 'PATCH',
      path: '/v1/users/me',
      summary: "Change one's own names",
      description: 'A JSON merge patch (RFC 7396). What one may do is changed by others.',
      access: 'session',
      body: Closed(names),
      responses: { 200: User },
      errors: ['not_found', 'invalid', 'precondition_failed'],
    }),
    confirmEmail: operation({
      method: 'POST',
      path: '/v1/users/me/email-confirmation',
      summary: 'Ask for the mail again that confirms the address',
      description:
        'Whoever opens an account is sent a link, which works for seven days; this sends another. The page behind it asks for the password of the account: without it, the holder of the mailbox takes the account over, and everything that gave access before ends. Nothing is sent if the address is already confirmed, nor more than one in five minutes and five a day.',
      access: 'session',
      trialLimit: 10,
      responses: { 204: null },
      errors: ['not_found'],
    }),
    changePassword: operation({
      method: 'POST',
      path: '/v1/users/me/password',
      summary: "Change one's own password",
      description: 'All other sessions of the user end at once, and a mail tells of it.',
      access: 'session',
      trialLimit: 10,
      body: Closed({
        currentPassword: Type.String({
          minLength: 1,
          maxLength: 128,
          examples: ['correct horse battery staple'],
        }),
        newPassword: Type.Optional(NewPassword),
      }),
      answersSecret: ['password'],
      responses: { 200: Type.Object({ password: Type.Optional(GeneratedPassword) }) },
      errors: ['not_found', 'invalid'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/users/{userId}',
      summary: 'Read a user',
      description: 'One person of the account.',
      access: 'users:manage',
      params,
      responses: { 200: User },
      errors: ['not_found'],
    }),
    update: operation({
      method: 'PATCH',
      path: '/v1/users/{userId}',
      summary: 'Change a user',
      description:
        'A JSON merge patch (RFC 7396). A role replaces an exact set of permissions, and the other way round; both hold at once, in open sessions too. API keys whose value only this user knows end if they may do more than the user may from now on; the answer lists them (`endedApiKeys`), and the audit log has an event `users.update` for each. A key cannot change the rights of the user who made it.',
      access: 'users:manage',
      recentProof: ['role', 'permissions'],
      params,
      query: keepApiKeys,
      body: Closed({ ...names, ...rights }),
      responses: { 200: ChangedUser },
      errors: ['not_found', 'invalid', 'precondition_failed', 'last_owner'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/users/{userId}',
      summary: 'Delete a user',
      description:
        'Ends the access, or withdraws the invitation, and deletes what is held about the person. API keys whose value only this user knows end as well, each with an event `users.delete` in the audit log. That log keeps the id of the user.',
      access: 'users:manage',
      params,
      query: keepApiKeys,
      responses: { 204: null },
      errors: ['not_found', 'last_owner'],
    }),
    repeatInvitation: operation({
      method: 'POST',
      path: '/v1/users/{userId}/invitation',
      summary: 'Send an invitation again',
      description:
        'With a new link; the earlier one goes on working until it expires. Not more than one in five minutes and five a day.',
      access: 'users:manage',
      trialLimit: 'counted',
      params,
      responses: { 200: User },
      errors: ['not_found', 'conflict', 'trial_restricted'],
    }),
    deactivate: operation({
      method: 'POST',
      path: '/v1/users/{userId}/deactivate',
      summary: 'Deactivate a user',
      description:
        'All sessions end at once, links in mails, and API keys whose value only this user knows: those that they made or rotated last, in person or with a key of theirs. The answer lists them (`endedApiKeys`), and the audit log has an event `users.deactivate` for each, whose target is the key. `reactivate` lets the user in again; keys that have ended stay so.',
      access: 'users:manage',
      trialLimit: 100,
      params,
      query: keepApiKeys,
      responses: { 200: ChangedUser },
      errors: ['not_found', 'last_owner'],
    }),
    reactivate: operation({
      method: 'POST',
      path: '/v1/users/{userId}/reactivate',
      summary: 'Reactivate a user',
      description:
        'With the rights the user had, which one must have oneself. Who had not accepted yet is invited again.',
      access: 'users:manage',
      trialLimit: 100,
      recentProof: true,
      params,
      responses: { 200: User },
      errors: ['not_found', 'trial_restricted'],
    }),
    transferOwnership: operation({
      method: 'POST',
      path: '/v1/users/{userId}/transfer-ownership',
      summary: 'Hand the account over',
      description: 'An owner makes an active user owner in their place, and is an admin from then on.',
      access: 'users:manage',
      trialLimit: 10,
      recentProof: true,
      params,
      responses: { 200: User },
      errors: ['not_found', 'invalid'],
    }),
  },
)
