import { Type } from '@sinclair/typebox'
import { Account } from './accounts.ts'
import { AuditIntegrity } from './audit-events.ts'
import { operation, resource } from './operation.ts'
import { Closed, Id, Page, pageQuery } from './schemas.ts'
import { SenderDomain } from './sender-domains.ts'

const params = Type.Object({ accountId: Id })
const body = Closed({
  reason: Type.String({
    minLength: 1,
    maxLength: 1000,
    description: 'Why; shown to the account as `statusReason`.',
    examples: ['Complaints above 0.3 % for a week.'],
  }),
})

export const operator = resource(
  'operator',
  { title: 'Operator', description: 'What the operator of the platform does, with the operator token.' },
  {
    listAccounts: operation({
      method: 'GET',
      path: '/v1/operator/accounts',
      summary: 'List accounts',
      description: 'All accounts of the platform, newest first.',
      access: 'operator',
      query: Type.Object(pageQuery),
      responses: { 200: Page(Account) },
      errors: ['invalid_cursor'],
    }),
    approveAccount: operation({
      method: 'POST',
      path: '/v1/operator/accounts/{accountId}/approve',
      summary: 'Approve an account',
      description:
        'Moves it from `trial` to `active`: the restrictions of a trial end. Approving an active account changes nothing.',
      access: 'operator',
      params,
      responses: { 200: Account },
      errors: ['not_found', 'conflict'],
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
    auditIntegrity: operation({
      method: 'GET',
      path: '/v1/operator/audit-events/integrity',
      summary: "Verify the platform's own audit log",
      description:
        'What is recorded of no account (refused logins of unknown users, schedules of the platform) is sealed like the logs of accounts, and verified here as `/v1/audit-events/integrity` does theirs.',
      access: 'operator',
      responses: { 200: AuditIntegrity },
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
