import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Closed, Id, Nullable, Timestamp } from './schemas.ts'

/** What a user types: spaces between groups are common. */
export const TotpCode = Type.String({
  minLength: 6,
  maxLength: 40,
  description: 'The six digits that the app shows, or a recovery code. Each is good once.',
  examples: ['492039'],
})

export const CurrentPassword = Type.String({
  minLength: 1,
  maxLength: 128,
  description: "The user's password: an open session alone is not enough.",
  examples: ['correct horse battery staple'],
})

export const Totp = Type.Object(
  {
    enabledAt: Nullable(Timestamp),
    recoveryCodesLeft: Type.Integer({
      minimum: 0,
      description: 'Recovery codes that have not been used.',
      examples: [10],
    }),
  },
  { $id: 'Totp' },
)

export const RecoveryCodeList = Type.Array(Type.String({ examples: ['7k2m-9xqc-4w0z-hj3t'] }), {
  description: 'Each lets the user in once, in place of the second factor. Shown in this answer only.',
  maxItems: 10,
})

const RecoveryCodes = Type.Object({ recoveryCodes: RecoveryCodeList }, { $id: 'RecoveryCodes' })

export const totp = resource(
  'totp',
  {
    title: 'Second factor by codes',
    description:
      'Codes of an authenticator app (TOTP, RFC 6238) that a user logs in with besides the password, and recovery codes in case the app is lost.',
  },
  {
    get: operation({
      method: 'GET',
      path: '/v1/users/me/totp',
      summary: 'Read the second factor',
      description: 'Whether the user logs in with codes, and how many recovery codes are left.',
      access: 'session',
      responses: { 200: Totp },
    }),
    begin: operation({
      method: 'POST',
      path: '/v1/users/me/totp',
      summary: 'Begin to set up codes',
      description:
        'Makes a secret for the app, shown in this answer only. It opens nothing until a code of it has been confirmed; begun again, there is another one.',
      access: 'session',
      trialLimit: 50,
      body: Closed({ password: CurrentPassword }),
      answersSecret: ['secret', 'url'],
      responses: {
        201: Type.Object({
          secret: Type.String({
            description: 'In base32, to be typed into the app.',
            examples: ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'],
          }),
          url: Type.String({
            description: 'The same as an address, to be shown as a QR code.',
            examples: [
              'otpauth://totp/Envoi:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Envoi',
            ],
          }),
        }),
      },
      errors: ['invalid', 'totp_enabled'],
    }),
    confirm: operation({
      method: 'POST',
      path: '/v1/users/me/totp/confirm',
      summary: 'Confirm the first code',
      description: 'From now on the user logs in with a code. Answers ten recovery codes, once.',
      access: 'session',
      trialLimit: 50,
      body: Closed({
        code: Type.String({
          minLength: 6,
          maxLength: 10,
          description: 'The six digits that the app shows.',
          examples: ['492039'],
        }),
      }),
      answersSecret: ['recoveryCodes'],
      responses: { 200: RecoveryCodes },
      errors: ['not_found', 'invalid', 'totp_enabled'],
    }),
    regenerateRecoveryCodes: operation({
      method: 'POST',
      path: '/v1/users/me/totp/recovery-codes',
      summary: 'Make new recovery codes',
      description: 'The ones before are worth nothing any more.',
      access: 'session',
      trialLimit: 20,
      body: Closed({ totp: TotpCode }),
      answersSecret: ['recoveryCodes'],
      responses: { 200: RecoveryCodes },
      errors: ['not_found', 'invalid'],
    }),
    disable: operation({
      method: 'DELETE',
      path: '/v1/users/me/totp',
      summary: 'End the second factor',
      description:
        'Without a passkey, the recovery codes end with it. Where the account requires a second factor, the user has to set one up again.',
      access: 'session',
      body: Closed({ totp: TotpCode }),
      responses: { 204: null },
      errors: ['not_found', 'invalid'],
    }),
    reset: operation({
      method: 'DELETE',
      path: '/v1/users/{userId}/second-factors',
      summary: "Take away a user's second factors",
      description:
        "For somebody who has lost them all: codes, passkeys and recovery codes are deleted, the sessions end, and the password no longer works. The user is sent a link to choose another, logs in with it, and sets up a new second factor before anything else, whether or not the account requires one. They, and all active owners and admins, are told by mail. Not one's own, nor those of a user who may do what one may not, nor with a test key, whose mails reach nobody.",
      access: 'users:manage',
      recentProof: true,
      params: Type.Object({ userId: Id }),
      responses: { 204: null },
      errors: ['not_found'],
    }),
  },
)
