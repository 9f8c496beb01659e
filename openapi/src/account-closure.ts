import { Type } from '@sinclair/typebox'
import { operation, resource } from './operation.ts'
import { Closed, Id, Nullable, OneOf, Timestamp } from './schemas.ts'
import { CurrentPassword, TotpCode } from './totp.ts'

const Receipt = Type.Object(
  {
    step: OneOf(['requested', 'cancelled', 'archived', 'deleted', 'destroyed']),
    at: Timestamp,
    rows: Nullable(
      Type.Record(Type.String(), Type.Integer({ minimum: 0 }), {
        description: 'Rows by table: put into the archive, or deleted. null where a step counts none.',
        examples: [{ contact: 120, consent_event: 240, audit_event: 310 }],
      }),
    ),
    archive: Nullable(
      Type.Object({
        bytes: Type.Integer({ minimum: 0, examples: [184320] }),
        sha256: Type.String({
          description: 'Of the encrypted file, in hex.',
          examples: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
        }),
      }),
    ),
    check: Type.String({
      description: 'How to see for oneself that it is so.',
      examples: ['Every request with credentials of the account is refused with `account_closing`.'],
    }),
  },
  { $id: 'ClosureReceipt', description: 'That a step was taken. It names nobody.' },
)

export const AccountClosure = Type.Object(
  {
    id: Id,
    status: OneOf(['cooling', 'archiving', 'archived', 'destroyed', 'cancelled'], {
      description: [
        '`cooling`: it can be cancelled. `archiving`: nobody is let in any more; what the account holds is put into the archive, and then',
        'deleted. `archived`: only the encrypted archive and the receipts are left. `destroyed`: only the receipts. `cancelled`: the',
        'account is open.',
      ].join(' '),
    }),
    requestedAt: Timestamp,
    closesAt: Type.String({
      ...Timestamp,
      description: 'Until then it can be cancelled (RFC 3339, in UTC).',
    }),
    cancelledAt: Nullable(Timestamp),
    archivingAt: Nullable(Timestamp),
    archivedAt: Nullable(Timestamp),
    destroyAt: Nullable(
      Type.String({
        ...Timestamp,
        description:
          'When archive and key are destroyed (RFC 3339, in UTC): 12 months after the archive was made.',
      }),
    ),
    destroyedAt: Nullable(Timestamp),
    receipts: Type.Array(Receipt, { description: 'Of the steps taken so far, in their order.' }),
  },
  { $id: 'AccountClosure', description: 'The closing of an account: where it stands, and its receipts.' },
)

export const accountClosure = resource(
  'accountClosure',
  {
    title: 'Closing the account',
    description:
      'An account is closed by an owner. After a week in which it can be called back, what it holds goes into an encrypted archive and is deleted; after twelve months the archive is destroyed.',
  },
  {
    request: operation({
      method: 'POST',
      path: '/v1/account/closure',
      summary: 'Close the account',
      description: [
        'By an owner who is logged in; an API key cannot. Takes the name of the account, letter for letter, and a fresh proof of who asks:',
        '`totp` (a code of the app, or a recovery code) from who has a second factor, else `password`; wrong ones are slowed down as at the',
        'login. From now on nothing is sent, campaigns stop, and whatever changes something answers `account_closing`, except for',
        'this closing itself, the end of sessions and keys, and what persons have a right to (erasure, objection, restriction,',
        'suppression). After `closesAt` the account is archived and deleted.',
      ].join(' '),
      access: 'account:write',
      trialLimit: 5,
      // so that a request that is repeated for want of an answer gets the answer it had
      whileClosing: true,
      body: Closed({
        confirm: Type.String({
          minLength: 1,
          maxLength: 200,
          description: 'The name of the account.',
          examples: ['Atelier Ada'],
        }),
        password: Type.Optional(CurrentPassword),
        totp: Type.Optional(TotpCode),
      }),
      responses: { 201: AccountClosure },
      errors: ['invalid'],
    }),
    get: operation({
      method: 'GET',
      path: '/v1/account/closure',
      summary: 'Read where the closing stands',
      description:
        'The last one, if the account was to be closed before. 404 when it never was. Once nobody can log in any more, the operator of the platform can read it.',
      access: 'account:read',
      responses: { 200: AccountClosure },
      errors: ['not_found'],
    }),
    cancel: operation({
      method: 'DELETE',
      path: '/v1/account/closure',
      summary: 'Call the closing back',
      description:
        'By an owner who is logged in, while it is `cooling`: the account has the status again that it had, and nothing was deleted. Its campaigns stay stopped. 404 when there is nothing to call back.',
      access: 'account:write',
      whileClosing: true,
      responses: { 200: AccountClosure },
      errors: ['not_found'],
    }),
  },
)
