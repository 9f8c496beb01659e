import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Closed, Id, Line, Nullable, Page, pageQuery, Timestamp } from './schemas.ts'
import { CurrentPassword, RecoveryCodeList } from './totp.ts'

const base64url = (description: string, maxLength = 20_000) =>
  Type.String({ pattern: '^[A-Za-z0-9_-]*$', maxLength, description, examples: ['AAAA'] })

/** What browsers give is not ours to close: later ones may say more. */
const Credential = <T extends Record<string, ReturnType<typeof Type.String>>>(response: T) =>
  Type.Object(
    {
      id: base64url('Id of the credential.', 1_400),
      rawId: base64url('The same.', 1_400),
      type: Type.Literal('public-key', { examples: ['public-key'] }),
      response: Type.Object(response),
      clientExtensionResults: Type.Unsafe<Record<string, unknown>>({
        type: 'object',
        additionalProperties: true,
        examples: [{}],
      }),
    },
    { description: 'What `PublicKeyCredential.toJSON()` gives (WebAuthn Level 3, section 5.1).' },
  )

/** What a browser gives for `navigator.credentials.get()`. */
export const PasskeyAssertion = Credential({
  clientDataJSON: base64url('What the browser has signed for.'),
  authenticatorData: base64url('What the authenticator says.'),
  signature: base64url('Over both.'),
})

const PasskeyRegistration = Credential({
  clientDataJSON: base64url('What the browser has signed for.'),
  attestationObject: base64url('What the authenticator says, with the public key.'),
})

/** Options for a browser, as the standard spells them. */
export const PasskeyOptions = (call: 'create' | 'get') =>
  Type.Unsafe<Record<string, unknown>>({
    type: 'object',
    additionalProperties: true,
    description: [
      call === 'create'
        ? 'For `PublicKeyCredential.parseCreationOptionsFromJSON()`'
        : 'For `PublicKeyCredential.parseRequestOptionsFromJSON()`',
      ` and then \`navigator.credentials.${call}()\`, within five minutes, on a page of PUBLIC_URL or API_URL.`,
    ].join(''),
    examples: [{ challenge: 'tXq4…', timeout: 60_000 }],
  })

export const Passkey = Type.Object(
  {
    id: Id,
    name: Line({ examples: ['Laptop'] }),
    isSynced: Type.Boolean({
      description: "Whether the authenticator keeps it on several of the person's devices.",
      examples: [true],
    }),
    createdAt: Timestamp,
    lastUsedAt: Nullable(Timestamp),
  },
  { $id: 'Passkey' },
)

export const passkeys = resource(
  'passkeys',
  {
    title: 'Passkeys',
    description:
      'Keys that browsers and security keys hold for a user (WebAuthn Level 3): a second factor that cannot be given to a false site.',
  },
  {
    list: operation({
      method: 'GET',
      path: '/v1/users/me/passkeys',
      summary: 'List passkeys',
      description: "The user's own, newest first.",
      access: 'session',
      query: Type.Object(pageQuery),
      responses: { 200: Page(Passkey) },
      errors: ['invalid_cursor'],
    }),
    begin: operation({
      method: 'POST',
      path: '/v1/users/me/passkeys/options',
      summary: 'Begin to register a passkey',
      description:
        'Answers what the browser is asked with. The challenge in it is good once, for five minutes.',
      access: 'session',
      trialLimit: 200,
      body: Closed({ password: CurrentPassword }),
      responses: { 200: PasskeyOptions('create') },
      errors: ['invalid'],
    }),
    create: operation({
      method: 'POST',
      path: '/v1/users/me/passkeys',
      summary: 'Register a passkey',
      description:
        'From now on the user logs in with it, or with another second factor they have. The first second factor of a user comes with ten recovery codes, shown in this answer only.',
      access: 'session',
      trialLimit: 50,
      body: Closed({
        name: Line({ minLength: 1, maxLength: 100, description: 'To know it by.', examples: ['Laptop'] }),
        credential: PasskeyRegistration,
      }),
      answersSecret: ['recoveryCodes'],
      responses: {
        201: Type.Object({ passkey: Passkey, recoveryCodes: Type.Optional(RecoveryCodeList) }),
      },
      errors: ['invalid', 'conflict'],
    }),
    delete: operation({
      method: 'DELETE',
      path: '/v1/users/me/passkeys/{passkeyId}',
      summary: 'Delete a passkey',
      description: 'It opens nothing any more. With the last second factor the recovery codes go too.',
      access: 'session',
      params: Type.Object({ passkeyId: Id }),
      body: Closed({ password: CurrentPassword }),
      responses: { 204: null },
      errors: ['not_found', 'invalid'],
    }),
  },
)
