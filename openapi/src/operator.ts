import { Type } from '@sinclair/typebox'
import { AccountClosure } from './account-closure.ts'
import { Account, accountStatuses } from './accounts.ts'
import { AuditIntegrity, RecordKind } from './audit-events.ts'
import { operation, resource } from './operation.ts'
import { Closed, Id, Nullable, OneOf, Page, pageQuery, Timestamp } from './schemas.ts'
import { SenderDomain } from './sender-domains.ts'
import { Verification } from './verification.ts'

const params = Type.Object({ accountId: Id })
const body = Closed({
  reason: Type.String({
    minLength: 1,
    maxLength: 1000,
    description: 'Why; shown to the account as `statusReason`.',
    examples: ['Complaints above 0.3 % for a week.'],
  }),
})

const approval = Closed({
  waive: Type.Optional(
    Type.Array(OneOf(['owner_email', 'company', 'sender_domain'], { examples: ['sender_domain'] }), {
      maxItems: 3,
      uniqueItems: true,
      description: 'Open steps of the verification to do without. A step that is passed stays so.',
    }),
  ),
  reason: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1000,
      description:
        'Why; needed with `waive`, and kept with the approval in the history of the steps, which the account can read.',
      examples: ['Their contract is signed; the domain moves next month.'],
    }),
  ),
})

const AccountForOperator = Type.Object(
  { ...Account.properties, verification: Verification },
  { $id: 'AccountForOperator' },
)

const logNames = ['audit', 'consents', 'records', 'checkpoint'] as const

const PlatformIntegrity = Type.Object(
  {
    ...AuditIntegrity.properties,
    checkpoint: Nullable(
      Type.Object({
        sequence: Type.Integer({ minimum: 1, description: 'One more each time.', examples: [8_640] }),
        heads: Type.Integer({
          minimum: 0,
          description:
            'Logs that it lists: an audit log, a consent ledger and entries about rows of each account, as far as they are sealed.',
          examples: [412],
        }),
        writtenAt: Timestamp,
      }),
    ),
    breaks: Type.Array(
      Type.Object({
        accountId: Nullable(Id),
        log: OneOf(logNames, {
          description:
            'The audit log or the consent ledger of the account, its rows that are compared with sealed entries, or the checkpoint of them all.',
        }),
        problem: Type.String({
          description:
            'As in `AuditIntegrity` (also its `records`) and `LedgerIntegrity`; or `checkpoint_missing`, `checkpoint_changed`, `checkpoint_rolled_back`.',
          examples: ['seal_missing'],
        }),
        seal: Nullable(Type.Integer({ minimum: 1, examples: [7] })),
        kind: Nullable(RecordKind),
        id: Nullable(Id),
        breaks: Type.Integer({
          minimum: 1,
          description: 'How many things do not hold, where all of them are looked for (`records`).',
          examples: [1],
        }),
        verifiedAt: Timestamp,
      }),
      {
        description:
          'What did not hold when the logs of all accounts were last verified, which happens every night. A break of the checkpoint stays until you accept the logs as they are.',
      },
    ),
  },
  { $id: 'PlatformIntegrity' },
)

export const operator = resource(
  'operator',
  { title: 'Operator', description: 'What the operator of the platform does, with the operator token.' },
  {
    listAccounts: operation({
      method: 'GET',
      path: '/v1/operator/accounts',
      summary: 'List accounts',
      description: 'All accounts of the platform, newest first, or those with a status.',
      access: 'operator',
      query: Type.Object({
        ...pageQuery,
        status: Type.Optional(OneOf(accountStatuses, { description: 'Only those with this status.' })),
      }),
      responses: { 200: Page(Account) },
      errors: ['invalid_cursor'],
    }),
    getAccount: operation({
      method: 'GET',
      path: '/v1/operator/accounts/{accountId}',
      summary: 'Read an account',
      description: 'An account, with the steps of its verification and their history.',
      access: 'operator',
      params,
      responses: { 200: AccountForOperator },
      errors: ['not_found'],
    }),
    approveAccount: operation({
      method: 'POST',
      path: '/v1/operator/accounts/{accountId}/approve',
      summary: 'Approve an account',
      description: [
        'Moves it from `trial` to `active`: the restrictions of a trial end. Refused while a step of the verification is open, unless it is waived here, with a reason.',
        'Approving an active account changes nothing.',
      ].join(' '),
      access: 'operator',
      params,
      body: approval,
      bodyOptional: true,
      responses: { 200: Account },
      errors: ['not_found', 'conflict', 'invalid', 'verification_incomplete'],
    }),
    refuseAccount: operation({
      method: 'POST',
      path: '/v1/operator/accounts/{accountId}/refuse',
      summary: 'Refuse an account',
      description:
        'Ends the review of a `trial` account with no: it sends nothing any more, and can only export. `reopen` undoes it.',
      access: 'operator',
      params,
      body,
      responses: { 200: Account },
      errors: ['not_found', 'conflict'],
    }),
    suspendAccount: operation({
      method: 'POST',
      path: '/v1/operator/accounts/{accountId}/suspend',
      summary: 'Suspend an account',
      description: [
        'All its sending stops at once, messages of a running campaign included; its keys and sessions answer',
        '`account_suspended`, except for the export of data. `reopen` undoes it, and campaigns go on where they were.',
      ].join(' '),
      access: 'operator',
      params,
      body,
      responses: { 200: Account },
      errors: ['not_found', 'conflict'],
    }),
    reopenAccount: operation({
      method: 'POST',
      path: '/v1/operator/accounts/{accountId}/reopen',
      summary: 'Reopen an account',
      description: 'Gives a suspended or refused account the status back that it had.',
      access: 'operator',
      params,
      responses: { 200: Account },
      errors: ['not_found', 'conflict'],
    }),
    getAccountClosure: operation({
      method: 'GET',
      path: '/v1/operator/accounts/{accountId}/closure',
      summary: 'Read the closing of an account',
      description:
        'Where it stands, and its receipts: they outlive the account, of which nobody can log in any more.',
      access: 'operator',
      params,
      responses: { 200: AccountClosure },
      errors: ['not_found'],
    }),
    auditIntegrity: operation({
      method: 'GET',
      path: '/v1/operator/audit-events/integrity',
      cost: 'expensive',
      summary: "Verify the platform's own audit log",
      description: [
        'What is recorded of no account (refused logins of unknown users, schedules of the platform) is sealed like the logs of accounts, and verified here as `/v1/audit-events/integrity` does theirs.',
        'With it come the checkpoint, which lists the ends of all sealed logs, and what the last verification of all accounts has found.',
      ].join(' '),
      access: 'operator',
      responses: { 200: PlatformIntegrity },
    }),
    approveSenderDomain: operation({
      method: 'POST',
      path: '/v1/operator/accounts/{accountId}/sender-domains/{senderDomainId}/approve',
      summary: 'Vouch for a sender domain',
      description:
        "Where DNS cannot be checked, the operator says that the domain is the account's; recorded as such.",
      access: 'operator',
      params: Type.Object({ accountId: Id, senderDomainId: Id }),
      responses: { 200: SenderDomain },
      errors: ['not_found'],
    }),
  },
)
