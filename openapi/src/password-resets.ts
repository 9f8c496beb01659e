import { Type } from '@sinclair/typebox'
import { LinkToken } from './invitations.ts'
import { operation, resource } from './operation.ts'
import { Closed, Email } from './schemas.ts'
import { GeneratedPassword, NewPassword } from './users.ts'

export const passwordResets = resource(
  'passwordResets',
  { title: 'Password resets', description: 'Starts a password reset and completes it.' },
  {
    create: operation({
      method: 'POST',
      path: '/v1/password-resets',
      summary: 'Ask for another password',
      description:
        'Sends a link to the address, if it is that of an active user. Neither the answer nor the time it takes tells whether it is. Not more than one in five minutes and five a day.',
      access: 'public',
      body: Closed({ email: Email }),
      responses: { 204: null },
    }),
    complete: operation({
      method: 'POST',
      path: '/v1/password-resets/complete',
      summary: 'Choose another password',
      description: [
        'What the page behind the link does as well. The link works once, within an hour; all sessions of the user end, and a mail tells of it.',
        'If the address was not confirmed before, somebody else may have opened the account with it. Then everything else that gave access ends too:',
        'API keys are revoked, second factors removed, all other users deactivated, and allowed addresses and origins forgotten. A mail says what ended.',
      ].join(' '),
      access: 'public',
      body: Closed({ token: LinkToken, password: Type.Optional(NewPassword) }),
      answersSecret: ['password'],
      responses: { 200: Type.Object({ password: Type.Optional(GeneratedPassword) }) },
      errors: ['not_found', 'link_ended', 'invalid'],
    }),
  },
)
