import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { PasskeyAssertion, PasskeyOptions } from './passkeys.ts'
import { Closed, Email, Id, Nullable, OneOf, Page, pageQuery, Timestamp } from './schemas.ts'
import { TotpCode } from './totp.ts'

const Tokens = Type.Object(
  {
    accessToken: Type.String({
      description: 'JWT for `Authorization: Bearer`.',
      examples: ['eyJhbGciOiJFZERTQSJ9…'],
    }),
    refreshToken: Type.String({
      description: 'Good for one refresh. Using it twice revokes the session.',
      examples: ['envoi_refresh_…'],
    }),
    expiresIn: Type.Integer({ description: 'Seconds until the access token expires.', examples: [600] }),
    enrolmentRequired: Type.Optional(
      Type.Boolean({
        description:
          'Given, and true, when the account requires a second factor and the user has none: the session may set one up, and nothing else until then.',
        examples: [false],
      }),
    ),
  },
  { $id: 'Tokens' },
)

const LoginPassword = Type.String({
  minLength: 1,
  maxLength: 128,
  examples: ['correct horse battery staple'],
})

export const Session = Type.Object(
  {
    id: Id,
    userId: Id,
    address: Nullable(Type.String({ examples: ['203.0.113.7'] })),
    userAgent: Nullable(Type.String({ examples: ['curl/8.5'] })),
    newDevice: Type.Boolean({
      description: [
        "Whether none of the user's sessions of the last 90 days had been opened from the same network (an IPv4 address, the /64 of an",
        'IPv6 address) with the same kind of program.',
      ].join(' '),
      examples: [false],
    }),
    secondFactor: Nullable(
      OneOf(['totp', 'recovery_code', 'passkey'], {
        description: 'With what it was opened, besides the password.',
      }),
    ),
    provenAt: Type.String({
      format: 'date-time',
      description: 'When the user last proved who they are: at the login, or with `POST /v1/sessions/proof`.',
      examples: ['2026-11-23T09:30:00.000Z'],
    }),
    createdAt: Timestamp,
    refreshedAt: Timestamp,
    expiresAt: Timestamp,
  },
  { $id: 'Session' },
)

export const sessions = resource(
  'sessions',
  { title: 'Sessions', description: "Users' logins." },
  {
    create: operation({
      method: 'POST',
      path: '/v1/sessions',
      summary: 'Log in',
      description: [
        'Gives an access token for ten minutes and a refresh token for thirty days. After a few failures in a row, for a user or from',
        'a network, each is followed by a delay, up to a quarter of an hour: until it is over, attempts are answered 429 with `Retry-After`,',
        'whether or not they are right. A user can still log in where they have logged in before. Who has a second factor sends it',
        'with the password.',
      ].join(' '),
      access: 'public',
      body: Closed({
        email: Email,
        password: LoginPassword,
        totp: Type.Optional(TotpCode),
        passkey: Type.Optional(PasskeyAssertion),
      }),
      answersTokens: true,
      responses: { 201: Tokens },
      errors: [
        'invalid_credentials',
        'second_factor_required',
        'second_factor_invalid',
        'address_not_allowed',
      ],
    }),
    passkeyOptions: operation({
      method: 'POST',
      path: '/v1/sessions/passkey-options',
      summary: 'Ask for a passkey',
      description:
        'If you know the password: the options for the browser to log in with a passkey as the second factor. The challenge in it is good once, for five minutes.',
      access: 'public',
      body: Closed({ email: Email, password: LoginPassword }),
      responses: { 200: PasskeyOptions('get') },
      errors: ['invalid_credentials', 'address_not_allowed', 'not_found'],
    }),
    refresh: operation({
      method: 'POST',
      path: '/v1/sessions/refresh',
      summary: 'Renew an access token',
      description: [
        'Replaces the refresh token. For a minute, the token that was just replaced gives the same new one again: two tabs may renew at',
        'once, and an answer that got lost may be asked for again. Later, or once the new token has been used too, presenting a replaced token revokes',
        'the whole session (RFC 9700, section 4.14.2).',
      ].join(' '),
      access: 'public',
      body: Closed({
        refreshToken: Type.String({ minLength: 1, maxLength: 500, examples: ['envoi_refresh_…'] }),
      }),
      answersTokens: true,
      responses: { 200: Tokens },
      errors: ['invalid_credentials', 'address_not_allowed'],
    }),
    prove: operation({
      method: 'POST',
      path: '/v1/sessions/proof',
      summary: 'Prove again who you are',
      description: [
        'In an open session, with the password, and the second factor of a user who has one: `totp`, or `passkey` (of `passkey-options`). For 15 minutes',
        'the session may then do what asks for a recent proof (`proof_required`), as it may after a login: make API keys, invite users and change their rights,',
        'hand the account over, change its security settings. Wrong proofs are slowed down as at the login.',
      ].join(' '),
      access: 'session',
      trialLimit: 200,
      body: Closed({
        password: LoginPassword,
        totp: Type.Optional(TotpCode),
        passkey: Type.Optional(PasskeyAssertion),
      }),
      responses: {
        200: Type.Object({
          provenUntil: Type.String({
            format: 'date-time',
            description: 'Until when this proof is good.',
            examples: ['2026-11-23T09:45:00.000Z'],
          }),
        }),
      },
      errors: ['invalid'],
    }),
    list: operation({
      method: 'GET',
      path: '/v1/sessions',
      summary: 'List sessions',
      description: "The user's own live sessions; with `users:manage`, those of all users.",
      access: 'session',
      query: Type.Object(pageQuery),
      responses: { 200: Page(Session) },
      errors: ['invalid_cursor'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/sessions/{sessionId}',
      summary: 'Read a session',
      description: 'A live session of one’s own; with `users:manage`, of any user.',
      access: 'session',
      params: Type.Object({ sessionId: Id }),
      responses: { 200: Session },
      errors: ['not_found'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/sessions/{sessionId}',
      summary: 'End a session',
      description: 'Its access and refresh tokens stop working at once.',
      access: 'session',
      whileClosing: true,
      params: Type.Object({ sessionId: Id }),
      responses: { 204: null },
      errors: ['not_found'],
    }),
  },
)
