import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Closed } from './schemas.ts'
import { GeneratedPassword, NewPassword, PersonName, User } from './users.ts'

/** What stands at the end of a link in a mail to a user. */
export const LinkToken = Type.String({
  minLength: 1,
  maxLength: 500,
  description: 'The last part of the link in the mail.',
  examples: ['GAEDAZPxpHwe…'],
})

export const invitations = resource(
  'invitations',
  { title: 'Invitations', description: 'What somebody who was invited does with the link in the mail.' },
  {
    accept: operation({
      method: 'POST',
      path: '/v1/invitations/accept',
      summary: 'Accept an invitation',
      description:
        'What the page behind the link does as well: says who one is, and chooses a password. The link has proven the address. It works once; `conflict` when the address has a login in another account.',
      access: 'public',
      body: Closed({
        token: LinkToken,
        firstName: Type.Optional(PersonName('Grace')),
        lastName: Type.Optional(PersonName('Hopper')),
        password: Type.Optional(NewPassword),
      }),
      answersSecret: ['password'],
      responses: { 200: Type.Object({ user: User, password: Type.Optional(GeneratedPassword) }) },
      errors: ['not_found', 'link_ended', 'invalid', 'conflict'],
    }),
  },
)
