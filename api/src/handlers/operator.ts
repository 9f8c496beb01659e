import { listAccounts } from '@envoi/core/accounts/read-accounts'
import { reviewAccount } from '@envoi/core/accounts/review-account'
import { approveSenderDomain } from '@envoi/core/senders/approve-sender-domain'
import { contract } from '@envoi/openapi'
import { ok, page } from '../routes/answers.ts'
import { implement } from '../routes/implement.ts'
import { presentAccount } from './accounts.ts'
import { presentSenderDomain } from './sender-domains.ts'

export const operatorHandlers = implement(contract.operator, {
  listAccounts: async ({ query }, context) => page(await listAccounts(context, query), presentAccount),
  approveAccount: async ({ params }, context) =>
    ok(presentAccount(await reviewAccount(context, params.accountId, 'approve'))),
  refuseAccount: async ({ params, body }, context) =>
    ok(presentAccount(await reviewAccount(context, params.accountId, 'refuse', body.reason))),
  suspendAccount: async ({ params, body }, context) =>
    ok(presentAccount(await reviewAccount(context, params.accountId, 'suspend', body.reason))),
  reopenAccount: async ({ params }, context) =>
    ok(presentAccount(await reviewAccount(context, params.accountId, 'reopen'))),
  approveSenderDomain: async ({ params }, context) =>
    ok(presentSenderDomain(await approveSenderDomain(context, params.accountId, params.senderDomainId))),
})
